"""What Microsoft says about an application when a sign-in fails."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.families import Family
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action


_CODES = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
_REPLY = "https://learn.microsoft.com/entra/identity-platform/reply-url"
_PUBLIC = "https://learn.microsoft.com/entra/identity-platform/scenario-desktop-app-registration"

_REGISTER = (
    "Add http://localhost under Authentication, Add a platform, Mobile and desktop applications, "
    "and use callback=CallbackOptions(host='localhost'); the port is then ignored. "
    "http://127.0.0.1 can only be added in the manifest."
)
_NOT_A_SPA = (
    "The redirect URI is registered for a single-page application, whose codes only a browser may "
    "redeem. Remove it there, and add http://localhost under Authentication, Add a platform, "
    "Mobile and desktop applications."
)


def aadsts(*numbers: int) -> str:
    """Make the pattern of some of Microsoft's numbers; its pages leave the prefix out at times."""
    return rf"(?:AADSTS|Error Code:\s*)(?:{'|'.join(map(str, numbers))})(?!\d)"


_setup = partial(
    Entry,
    family=Family.MICROSOFT,
    say=Say.SETUP,
    action=Action.DEVELOPER,
    source=_CODES,
    on_page=True,
)

ENTRIES = (
    _setup(
        "AADSTS50011",
        "redirect_uri_mismatch",
        fix=_REGISTER,
        source=_REPLY,
        pattern=aadsts(50011),
    ),
    _setup(
        "AADSTS500113",
        "redirect_uri_mismatch",
        fix="No redirect URI is registered at all. " + _REGISTER,
        source=_REPLY,
        pattern=aadsts(500113, 900971),
    ),
    _setup(
        "redirect_uri_personal",
        "redirect_uri_mismatch",
        fix=_REGISTER,
        source=_REPLY,
        words=("invalid_request",),
        pattern="parameter 'redirect_uri' is not valid",
    ),
    _setup(
        "AADSTS7000218",
        "public_client_not_allowed",
        fix="The provider takes this for a web application. Register the redirect URI under Mobile "
        "and desktop applications, and set Allow public client flows to Yes (Authentication, "
        "Advanced settings); leave client_secret empty.",
        source=_PUBLIC,
        pattern=aadsts(7000218),
    ),
    _setup(
        "AADSTS7000215",
        "client_secret_wrong",
        fix="client_secret is wrong; the value is needed, not the secret's ID. A desktop "
        "application should have none: remove it, and register the application as a public client.",
        pattern=aadsts(7000215),
    ),
    _setup(
        "AADSTS7000222",
        "client_secret_expired",
        fix="client_secret has expired. A desktop application should have none: remove it, and "
        "register the application as a public client; or create a new one under Certificates & "
        "secrets.",
        pattern=aadsts(7000222),
    ),
    _setup(
        "AADSTS700016",
        "client_unknown",
        fix="No application with this client_id exists in that tenant. Compare client_id with "
        "Application (client) ID, and the tenant in issuer_url with Directory (tenant) ID; for "
        "other tenants the application must be multi-tenant.",
        pattern=aadsts(700016, 70001),
    ),
    _setup(
        "AADSTS50194",
        "tenant_required",
        fix="The application is single-tenant. Replace common in issuer_url by its Directory "
        "(tenant) ID, or allow other account types under Authentication, Supported account types.",
        pattern=aadsts(50194),
    ),
    _setup(
        "AADSTS90002",
        "tenant_unknown",
        fix="The tenant in issuer_url does not exist. Compare it with Directory (tenant) ID on the "
        "application's overview.",
        pattern=aadsts(90002),
    ),
    _setup(
        "AADSTS9002327",
        "client_type_wrong",
        fix=_NOT_A_SPA,
        source=_REPLY,
        pattern=aadsts(9002327),
    ),
    _setup(
        "AADSTS9002326",
        "client_type_wrong",
        fix="The token endpoint saw an Origin header, and the redirect URI belongs to no "
        "single-page application. Take the tokens in Python, not in a page's script.",
        source=_REPLY,
        pattern=aadsts(9002326),
    ),
    _setup(
        "AADSTS70011",
        "scope_unknown",
        fix="One of the scopes is written wrongly or does not exist. Write them apart with spaces, "
        "as openid, offline_access, User.Read or api://APPLICATION/SCOPE, and of one API only.",
        pattern=aadsts(70011),
    ),
    _setup(
        "AADSTS650053",
        "scope_unknown",
        fix="A scope does not exist at that API; without a prefix it is asked of Microsoft Graph. "
        "Write api://APPLICATION/SCOPE for an API of your own.",
        pattern=aadsts(650053),
    ),
    _setup(
        "AADSTS650057",
        "resource_not_permitted",
        fix="The API of the scopes is not among the application's permissions. Add it under API "
        "permissions.",
        pattern=aadsts(650057, 65005),
    ),
    _setup(
        "AADSTS650052",
        "resource_not_subscribed",
        fix="The person's organization has no such service. Its administrator has to subscribe to "
        "it, or to consent to the API's own application first.",
        say=Say.ADMIN_MUST_ALLOW,
        pattern=aadsts(650052, 650051),
    ),
)
