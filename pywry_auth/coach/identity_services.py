"""What hosted identity services say: Amazon Cognito, Auth0, Keycloak, Okta."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.families import Family
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import TokenError


_AMAZON = "https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html"
_AUTH0 = "https://auth0.com/docs/get-started/applications/application-settings"
_KEYCLOAK = "https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients"
_OKTA = "https://developer.okta.com/docs/reference/api/oidc/"

_amazon = partial(Entry, family=Family.AMAZON, source=_AMAZON)
_auth0 = partial(Entry, family=Family.AUTH0, source=_AUTH0)
_keycloak = partial(Entry, family=Family.KEYCLOAK, source=_KEYCLOAK)
_okta = partial(Entry, family=Family.OKTA, source=_OKTA)

AMAZON = (
    _amazon(
        "redirect_mismatch",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Cognito compares callback URLs with their port. Add http://localhost:PORT/callback to the "
        "allowed callback URLs of the app client, and use "
        "callback=CallbackOptions(host='localhost', ports=(PORT,)).",
        words=("redirect_mismatch",),
        on_page=True,
    ),
    _amazon(
        "invalid_scope",
        "scope_unknown",
        Say.SETUP,
        Action.DEVELOPER,
        "Tick the scopes that are asked for in the app client's OpenID Connect scopes; write "
        "custom ones as RESOURCE_SERVER/SCOPE.",
        pattern="^invalid_scope$",
        words=("invalid_request",),
    ),
    _amazon(
        "invalid_client",
        "client_secret_wrong",
        Say.SETUP,
        Action.DEVELOPER,
        "The app client has a client secret, or another one. A desktop application should have "
        "none: create an app client of type Public client, without a secret.",
        source="https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html",
        words=("invalid_client",),
    ),
)

AUTH0 = (
    _auth0(
        "callback_url_mismatch",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Set the application type to Native, and add http://127.0.0.1/callback to its Allowed "
        "Callback URLs; where the tenant compares ports too, add the port and fix it with "
        "callback=CallbackOptions(ports=(PORT,)).",
        pattern="callback url mismatch",
        on_page=True,
    ),
    _auth0(
        "service_not_found",
        "resource_unknown",
        Say.SETUP,
        Action.DEVELOPER,
        "No API has that identifier. Compare the audience in authorize_params with the Identifier "
        "under Applications, APIs, letter by letter; or leave it out.",
        source="https://auth0.com/docs/get-started/apis/api-settings",
        words=("access_denied",),
        pattern="service not found|service not enabled within domain",
    ),
    _auth0(
        "unauthorized",
        "client_secret_wrong",
        Say.SETUP,
        Action.DEVELOPER,
        "The application has to authenticate with a secret. Set its Application Type to Native "
        "and, under Credentials, Authentication Methods to None.",
        words=("access_denied",),
        pattern="^unauthorized$",
        kinds=(TokenError,),
    ),
)

KEYCLOAK = (
    _keycloak(
        "invalid_redirect_uri",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Add http://127.0.0.1/* to the client's Valid redirect URIs (Clients, the client, "
        "Settings); Keycloak then takes any port.",
        pattern="invalid parameter: redirect_uri",
        on_page=True,
    ),
    _keycloak(
        "invalid_credentials",
        "client_secret_wrong",
        Say.SETUP,
        Action.DEVELOPER,
        "The client has Client authentication switched on, so it wants a secret. Switch it off for "
        "a desktop application (Clients, the client, Settings, Capability config), and leave "
        "client_secret empty.",
        words=("unauthorized_client", "invalid_client"),
        pattern="invalid client or invalid client credentials|invalid client secret",
    ),
    _keycloak(
        "session_not_active",
        "session_ended",
        Say.SESSION_ENDED,
        Action.SIGN_IN,
        "The session ended at Keycloak (SSO Session Idle or Max in the realm settings). Ask for "
        "offline_access to stay signed in for longer.",
        source="https://www.keycloak.org/docs/latest/server_admin/#_timeouts",
        words=("invalid_grant",),
        pattern="session not active|token is not active|session doesn't have required client",
    ),
    _keycloak(
        "invalid_scope",
        "scope_unknown",
        Say.SETUP,
        Action.DEVELOPER,
        "Create the client scopes that are asked for, and add them to the client (Clients, the "
        "client, Client scopes), as default or optional.",
        words=("invalid_scope",),
        pattern="invalid scopes:",
    ),
    _keycloak(
        "code_challenge_method",
        "pkce_required",
        Say.SETUP,
        Action.DEVELOPER,
        "The client requires PKCE with every request. Do not switch it off with use_pkce=False; "
        "in the device flow, take the requirement off the client (Advanced settings).",
        words=("invalid_request",),
        pattern="missing parameter: code_challenge_method",
    ),
)

OKTA = (
    _okta(
        "redirect_uri",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Okta compares sign-in redirect URIs with their port. Add http://127.0.0.1:PORT/callback "
        "to the application's Sign-in redirect URIs, and use "
        "callback=CallbackOptions(ports=(PORT,)).",
        pattern="'redirect_uri' parameter must be",
        on_page=True,
    ),
    _okta(
        "not_assigned",
        "not_assigned",
        Say.ADMIN_MUST_ASSIGN,
        Action.DEVELOPER,
        "An administrator has to assign the person or a group to the application (Applications, "
        "the application, Assignments).",
        words=("access_denied",),
        pattern="not assigned to the client application",
    ),
    _okta(
        "policy",
        "policy_blocked",
        Say.RULES_FORBID,
        Action.DEVELOPER,
        "No access policy of the authorization server fits this client, person and scopes. Add a "
        "policy with a rule for it (Security, API, the server, Access Policies).",
        source="https://developer.okta.com/docs/guides/configure-access-policy/main/",
        words=("access_denied", "no_matching_policy"),
        pattern="policy evaluation failed",
    ),
)

ENTRIES = (*AMAZON, *AUTH0, *KEYCLOAK, *OKTA)
