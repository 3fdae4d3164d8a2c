"""What hosted identity services say: Amazon Cognito, Auth0, Keycloak, Okta."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.families import Family
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action


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
)

KEYCLOAK = (
    _keycloak(
        "invalid_redirect_uri",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Add http://127.0.0.1/* to the client's Valid redirect URIs (Clients, the client, "
        "Settings); Keycloak then takes any port.",
        pattern="invalid parameter: redirect_uri|invalid_redirect_uri",
        on_page=True,
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
)

ENTRIES = (*AMAZON, *AUTH0, *KEYCLOAK, *OKTA)
