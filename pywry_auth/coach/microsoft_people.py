"""What Microsoft says about an account when a sign-in fails."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.families import Family
from pywry_auth.coach.microsoft import aadsts
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action


_CODES = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
_CONSENT = "https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent"
_ACCESS = "https://learn.microsoft.com/entra/identity/conditional-access/overview"
_LIFE = "https://learn.microsoft.com/entra/identity-platform/refresh-tokens"

_person = partial(Entry, family=Family.MICROSOFT, source=_CODES, on_page=True)

ENTRIES = (
    _person(
        "AADSTS50020",
        "account_not_in_tenant",
        Say.ACCOUNT_NOT_HERE,
        Action.SIGN_IN,
        "The account is of another tenant, or a personal one. Invite it as a guest, or use "
        "organizations or common in issuer_url with a multi-tenant application; "
        "authorize_params={'prompt': 'select_account'} lets the person choose.",
        pattern=aadsts(50020, 500200),
    ),
    _person(
        "AADSTS50105",
        "not_assigned",
        Say.ADMIN_MUST_ASSIGN,
        Action.DEVELOPER,
        "The application requires assignment. An administrator has to add the person or a group "
        "(Enterprise applications, the application, Users and groups), or set Assignment required "
        "to No.",
        pattern=aadsts(50105),
    ),
    _person(
        "AADSTS65004",
        "access_denied",
        Say.DENIED,
        Action.SIGN_IN,
        "The person declined the permissions. Ask for fewer scopes at first, and for more when "
        "they are needed.",
        pattern=aadsts(65004),
    ),
    _person(
        "AADSTS65001",
        "consent_required",
        Say.AGREEMENT,
        Action.SIGN_IN,
        "Nobody has consented to these scopes yet. Sign in interactively with the same scopes; or "
        "let an administrator grant consent for the whole tenant.",
        source=_CONSENT,
        pattern=aadsts(65001),
    ),
    _person(
        "AADSTS90094",
        "admin_consent_required",
        Say.ADMIN_MUST_ALLOW,
        Action.DEVELOPER,
        "Only an administrator may consent to these scopes in that tenant. Send them to "
        "https://login.microsoftonline.com/TENANT/adminconsent?client_id=CLIENT_ID, or ask for "
        "fewer scopes.",
        source=_CONSENT,
        pattern=aadsts(90094, 90093, 90095)
        + "|needs permission to access resources in your organi[sz]ation that only an admin",
    ),
    _person(
        "AADSTS53001",
        "device_not_managed",
        Say.DEVICE_NOT_MANAGED,
        Action.BROWSER,
        "Conditional Access wants a registered device, and an application's own window cannot "
        "prove that it runs on one. Set window to browser; the browser can.",
        source=_ACCESS,
        pattern=aadsts(53000, 53001, 530003)
        + "|admin requires the device requesting access to be managed",
    ),
    _person(
        "AADSTS53003",
        "policy_blocked",
        Say.RULES_FORBID,
        Action.BROWSER,
        "A Conditional Access policy forbids it; the administrator sees which one in the sign-in "
        "log. Some policies forbid sign-in with a device code, or outside a browser only.",
        source=_ACCESS,
        pattern=aadsts(53003, 53005),
    ),
    _person(
        "AADSTS50079",
        "second_factor_missing",
        Say.SECOND_STEP_NEW,
        Action.SIGN_IN,
        "The person has to register a second factor; an interactive sign-in asks for it.",
        pattern=aadsts(50079, 50072),
    ),
    _person(
        "AADSTS50076",
        "second_factor_required",
        Say.SECOND_STEP,
        Action.SIGN_IN,
        "The resource wants a second factor, which a renewal cannot give. Sign in interactively.",
        pattern=aadsts(50076, 50074),
    ),
    _person(
        "AADSTS50058",
        "login_required",
        Say.SIGN_IN_AGAIN,
        Action.SIGN_IN,
        "Nobody is signed in at Microsoft in that window, so nothing goes silently. Sign in "
        "interactively.",
        pattern=aadsts(50058),
    ),
    _person(
        "AADSTS54005",
        "code_used",
        Say.TOO_LATE,
        Action.RETRY,
        "The code was redeemed before; something between sends the request twice.",
        pattern=aadsts(54005),
        on_page=False,
    ),
    _person(
        "AADSTS50173",
        "session_ended",
        Say.SESSION_ENDED,
        Action.SIGN_IN,
        "The password was changed or the sessions were revoked, which ends every refresh token.",
        source=_LIFE,
        pattern=aadsts(50173),
        on_page=False,
    ),
    _person(
        "AADSTS700082",
        "session_ended",
        Say.SESSION_ENDED,
        Action.SIGN_IN,
        "The refresh token was not used for 90 days, or 24 hours in a single-page application.",
        source=_LIFE,
        pattern=aadsts(700082, 70008, 70043),
        on_page=False,
    ),
    _person(
        "AADB2C90091",
        "access_denied",
        Say.CANCELLED,
        Action.RETRY,
        "The person pressed Cancel on a page of the user flow.",
        pattern="AADB2C90091",
        on_page=False,
    ),
    _person(
        "AADB2C90118",
        "password_forgotten",
        Say.PASSWORD_FORGOTTEN,
        Action.SIGN_IN,
        "The person pressed Forgot your password. Switch on self-service password reset in the "
        "sign-in user flow, so that the page handles it; or sign in with the issuer_url of the "
        "password reset flow.",
        source="https://learn.microsoft.com/azure/active-directory-b2c/add-password-reset-policy",
        pattern="AADB2C90118",
        on_page=False,
    ),
    _person(
        "AADSTS50034",
        "account_unknown",
        Say.ACCOUNT_UNKNOWN,
        Action.SIGN_IN,
        "The account is not in that tenant. Invite it there, or compare the tenant in issuer_url.",
        pattern=aadsts(50034, 51004),
    ),
    _person(
        "AADSTS50126",
        "password_wrong",
        Say.PASSWORD_WRONG,
        Action.RETRY,
        "Nothing to change; with federated accounts the password may not have reached Microsoft.",
        pattern=aadsts(50126),
    ),
    _person(
        "AADSTS50053",
        "account_locked",
        Say.ACCOUNT_LOCKED,
        Action.WAIT,
        "Smart lockout; an administrator can unlock the account, or it ends by itself.",
        pattern=aadsts(50053, 500532),
    ),
    _person(
        "AADSTS50057",
        "account_disabled",
        Say.ACCOUNT_DISABLED,
        Action.SIGN_IN,
        "An administrator has disabled the account; only an administrator can enable it again.",
        pattern=aadsts(50057),
    ),
)
