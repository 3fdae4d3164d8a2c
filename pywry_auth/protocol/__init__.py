"""OpenID Connect, on OAuth 2, as pure functions: values in, values out, no clock, no network."""

from pywry_auth.lazy import lazy_names


# For annotations, as a program that takes up a stored session needs next to nothing of all this.
__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AuthorizationRequest": "pywry_auth.protocol.authorization",
        "ClientAuth": "pywry_auth.protocol.client_auth",
        "ClientProof": "pywry_auth.protocol.client_auth",
        "DPoPKey": "pywry_auth.protocol.dpop",
        "DPoPNonces": "pywry_auth.protocol.dpop",
        "DeviceAuthorization": "pywry_auth.protocol.device",
        "DeviceStep": "pywry_auth.protocol.device_polling",
        "Introspection": "pywry_auth.protocol.introspection",
        "PKCEChallenge": "pywry_auth.pkce",
        "Polling": "pywry_auth.protocol.device_polling",
        "ProviderMetadata": "pywry_auth.protocol.discovery",
        "StepUpChallenge": "pywry_auth.protocol.refusal",
    },
)
