"""What Google says when a sign-in fails."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.families import Family
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import TokenError


_NATIVE = "https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors"
_EXPIRY = "https://developers.google.com/identity/protocols/oauth2#expiration"
_POLICY = "https://support.google.com/a/answer/7281227"

_google = partial(Entry, family=Family.GOOGLE, source=_NATIVE)
_page = partial(_google, on_page=True)

ENTRIES = (
    _page(
        "disallowed_useragent",
        "embedded_refused",
        Say.EMBEDDED,
        Action.BROWSER,
        "Google refuses sign-in inside an application's own window. Leave the window setting at "
        "auto with provider google, or set it to browser.",
        words=("disallowed_useragent",),
    ),
    _page(
        "redirect_uri_mismatch",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "The client is of type Web application, which takes registered addresses only. Create an "
        "OAuth client of type Desktop app (Google Cloud console, Google Auth Platform, Clients), "
        "which takes http://127.0.0.1 with any port, and use its client_id and client_secret.",
        words=("redirect_uri_mismatch",),
    ),
    _page(
        "deleted_client",
        "client_unknown",
        Say.SETUP,
        Action.DEVELOPER,
        "This OAuth client was deleted in the Google Cloud console. Restore it there within 30 "
        "days, or create a new one of type Desktop app, and change client_id.",
        words=("deleted_client",),
    ),
    _page(
        "org_internal",
        "organization_only",
        Say.ORGANISATION_ONLY,
        Action.SIGN_IN,
        "The application's user type is Internal, so only accounts of its Google Workspace "
        "organization get in. Set it to External (Google Auth Platform, Audience) to let others "
        "sign in.",
        words=("org_internal",),
    ),
    _page(
        "admin_policy_enforced",
        "admin_approval_required",
        Say.ADMIN_MUST_ALLOW,
        Action.DEVELOPER,
        "An administrator of the person's Google Workspace has to trust this client_id (Admin "
        "console, Security, API controls, App access control), or ask for fewer scopes.",
        source=_POLICY,
        words=("admin_policy_enforced",),
    ),
    _page(
        "access_denied_testing",
        "not_a_tester",
        Say.TESTING,
        Action.DEVELOPER,
        "The publishing status is Testing. Add the person's address under Google Auth Platform, "
        "Audience, Test users, or publish the application.",
        words=("access_denied",),
        pattern="verification process|currently being tested",
    ),
    _google(
        "invalid_client",
        "client_secret_wrong",
        Say.SETUP,
        Action.DEVELOPER,
        "client_secret is not the one of this client_id. Copy both from the same client of type "
        "Desktop app (Google Auth Platform, Clients).",
        words=("invalid_client",),
        kinds=(TokenError,),
    ),
    _page(
        "invalid_client_page",
        "client_unknown",
        Say.SETUP,
        Action.DEVELOPER,
        "Google knows no such client_id. Compare it with the one in the Google Cloud console "
        "(Google Auth Platform, Clients); it ends in .apps.googleusercontent.com. A new client "
        "takes some minutes to work.",
        words=("invalid_client",),
    ),
    _google(
        "client_secret_missing",
        "client_secret_missing",
        Say.SETUP,
        Action.DEVELOPER,
        "Google wants client_secret from a Desktop app too, beside PKCE. Set the one shown beside "
        "client_id; Google does not treat it as a secret there.",
        pattern="client_secret is missing",
    ),
    _google(
        "invalid_grant",
        "session_ended",
        Say.SESSION_ENDED,
        Action.SIGN_IN,
        "The refresh token ended: revoked by the person, unused for six months, or seven days old "
        "while the publishing status is Testing. Publish the application (Google Auth Platform, "
        "Audience) to have sign-ins that last.",
        source=_EXPIRY,
        words=("invalid_grant",),
        pattern="expired or revoked",
    ),
    _google(
        "device_scope",
        "scope_unknown",
        Say.SETUP,
        Action.DEVELOPER,
        "Google allows few scopes in the device flow: openid, email, profile, drive.file, "
        "drive.appdata and YouTube's. Use the browser flow for others.",
        source="https://developers.google.com/identity/protocols/oauth2/limited-input-device"
        "#allowedscopes",
        words=("invalid_scope",),
        pattern="device flow scope",
    ),
    _page(
        "invalid_scope",
        "scope_unknown",
        Say.SETUP,
        Action.DEVELOPER,
        "One of the scopes does not exist, or is not open to this application. Compare scopes with "
        "Google's list of OAuth scopes, and enable the API that it belongs to.",
        source="https://developers.google.com/identity/protocols/oauth2/scopes",
        words=("invalid_scope",),
    ),
    _page(
        "loopback_blocked",
        "client_type_wrong",
        Say.SETUP,
        Action.DEVELOPER,
        "The client is of a type that may not redirect to this machine (iOS, Android, Chrome app). "
        "Create an OAuth client of type Desktop app and use its client_id and client_secret.",
        source="https://developers.google.com/identity/protocols/oauth2/resources"
        "/loopback-migration",
        pattern="loopback flow has been blocked",
    ),
)
