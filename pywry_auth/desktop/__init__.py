"""What the person sees of a sign-in, in one object for an application to hold."""

from pywry_auth.lazy import lazy_names


_WIZARD = "pywry_auth.desktop.wizard"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AccountDetails": "pywry_auth.desktop.values",
        "AccountEnd": "pywry_auth.desktop.panic",
        "AccountPicker": "pywry_auth.desktop.accounts_page.windows",
        "AuthState": "pywry_auth.desktop.values",
        "AuthStatus": "pywry_auth.desktop.values",
        "ConnectedApps": "pywry_auth.desktop.accounts_page.windows",
        "DesktopAuth": "pywry_auth.desktop.auth",
        "DesktopEvent": "pywry_auth.desktop.values",
        "DesktopEventName": "pywry_auth.desktop.values",
        "FirstRunWizard": f"{_WIZARD}.wizard",
        "PanicReport": "pywry_auth.desktop.panic",
        "ProviderChoice": "pywry_auth.desktop.values",
        "QtSignInButton": "pywry_auth.desktop.qt.button",
        "Remainder": "pywry_auth.desktop.panic",
        "Revocation": "pywry_auth.desktop.panic",
        "SignInControl": "pywry_auth.desktop.values",
        "Theme": f"{_WIZARD}.theme",
        "TkSignInButton": "pywry_auth.desktop.tk.button",
        "connect": "pywry_auth.desktop.bridge.connecting",
        "element_source": "pywry_auth.desktop.bridge.scripts",
        "restore_organisations": f"{_WIZARD}.known",
    },
)
