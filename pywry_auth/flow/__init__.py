"""One sign-in, from the button to the stored tokens."""

from pywry_auth.lazy import lazy_names


__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AuthFlowManager": "pywry_auth.flow.manager",
        "AuthFlowResult": "pywry_auth.flow.values",
        "AuthFlowState": "pywry_auth.flow.values",
        "CallbackOptions": "pywry_auth.flow.values",
        "NoPrompt": "pywry_auth.flow.values",
        "NotSilent": "pywry_auth.flow.values",
        "DeviceFlow": "pywry_auth.flow.device",
        "LogoutFlow": "pywry_auth.flow.logout",
        "LogoutResult": "pywry_auth.flow.values",
        "LogoutState": "pywry_auth.flow.values",
        "SignInOptions": "pywry_auth.flow.values",
        "Voice": "pywry_auth.flow.values",
    },
)
