"""The targets that are built in."""

from pywry_auth.lazy import lazy_names


_GOOGLE = "pywry_auth.integrations.targets.google"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Asana": "pywry_auth.integrations.targets.asana",
        "GitHub": "pywry_auth.integrations.targets.github",
        "Gmail": _GOOGLE,
        "GoogleCalendar": _GOOGLE,
        "GoogleDocs": _GOOGLE,
        "GoogleDrive": _GOOGLE,
        "GoogleSheets": _GOOGLE,
        "HubSpot": "pywry_auth.integrations.targets.hubspot",
        "MicrosoftGraph": "pywry_auth.integrations.targets.microsoft",
        "Notion": "pywry_auth.integrations.targets.notion",
        "Slack": "pywry_auth.integrations.targets.slack",
    },
)
