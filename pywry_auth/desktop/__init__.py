"""What the person sees of a sign-in, in one object for an application to hold."""

from pywry_auth.lazy import lazy_names


_WIZARD = "pywry_auth.desktop.wizard"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AccountDetails": "pywry_auth.desktop.values",
        "AccountEnd": "pywry_auth.desktop.panic",
        "AuthState": "pywry_auth.desktop.values",
        "AuthStatus": "pywry_auth.desktop.values",
        "DesktopAuth": "pywry_auth.desktop.auth",
        "DesktopEvent": "pywry_auth.desktop.values",
        "DesktopEventName": "pywry_auth.desktop.values",
        "FirstRunWizard": f"{_WIZARD}.wizard",
        "PanicReport": "pywry_auth.desktop.panic",
        "ProviderChoice": "pywry_auth.desktop.values",
        "SignInControl": "pywry_auth.desktop.values",
        "Theme": f"{_WIZARD}.theme",
        "connect": "pywry_auth.desktop.bridge.connecting",
        "element_source": "pywry_auth.desktop.bridge.scripts",
        "restore_organisations": f"{_WIZARD}.known",
    },
)
