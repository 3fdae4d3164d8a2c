"""What networks say when a sign-in fails: Apple, Discord, Facebook, GitHub, GitLab, Slack."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.families import Family
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action


_AUTHORIZING = (
    "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps"
    "/troubleshooting-authorization-request-errors"
)
_TOKEN = (
    "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps"
    "/troubleshooting-oauth-app-access-token-request-errors"
)
_DEVICE = (
    "https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow"
)

_github = partial(Entry, family=Family.GITHUB, source=_TOKEN)

GITHUB = (
    _github(
        "incorrect_client_credentials",
        "client_secret_wrong",
        Say.SETUP,
        Action.DEVELOPER,
        "client_id and client_secret do not belong together. Copy the client ID again and create "
        "a new client secret (Settings, Developer settings, OAuth Apps).",
        words=("incorrect_client_credentials",),
    ),
    _github(
        "redirect_uri_mismatch",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Set the Authorization callback URL of the OAuth app to http://127.0.0.1/callback; GitHub "
        "then takes any port.",
        source=_AUTHORIZING,
        words=("redirect_uri_mismatch",),
    ),
    _github(
        "bad_verification_code",
        "code_used",
        Say.TOO_LATE,
        Action.RETRY,
        "The code was used before, or is older than ten minutes, or belongs to another client_id.",
        words=("bad_verification_code",),
    ),
    _github(
        "device_flow_disabled",
        "device_flow_disabled",
        Say.SETUP,
        Action.BROWSER,
        "Tick Enable Device Flow in the settings of the OAuth app.",
        source=_DEVICE,
        words=("device_flow_disabled",),
    ),
    _github(
        "application_suspended",
        "client_suspended",
        Say.SETUP,
        Action.DEVELOPER,
        "GitHub has suspended the OAuth app. Its owner has to write to GitHub's support.",
        source=_AUTHORIZING,
        words=("application_suspended",),
    ),
    _github(
        "access_denied",
        "access_denied",
        Say.DENIED,
        Action.SIGN_IN,
        "The person pressed Cancel on GitHub's page. Ask for fewer scopes at first, and for more "
        "when they are needed.",
        source=_AUTHORIZING,
        words=("access_denied",),
    ),
    _github(
        "unverified_user_email",
        "mail_unverified",
        Say.MAIL_UNVERIFIED,
        Action.SIGN_IN,
        "The person has to confirm the primary address of the account (GitHub, Settings, Emails).",
        words=("unverified_user_email",),
    ),
)

_APPLE = "https://developer.apple.com/documentation/signinwithapple/configuring-your-webpage"
_DISCORD = "https://discord.com/developers/docs/topics/oauth2"
_FACEBOOK = "https://developers.facebook.com/docs/facebook-login/security#redirect-urls"
_GITLAB = "https://docs.gitlab.com/integration/oauth_provider/"
_SLACK = "https://docs.slack.dev/authentication/installing-with-oauth"

_apple = partial(Entry, family=Family.APPLE, source=_APPLE)
_discord = partial(Entry, family=Family.DISCORD, source=_DISCORD)
_facebook = partial(Entry, family=Family.FACEBOOK, source=_FACEBOOK)
_gitlab = partial(Entry, family=Family.GITLAB, source=_GITLAB)
_slack = partial(Entry, family=Family.SLACK, source=_SLACK)

APPLE = (
    _apple(
        "invalid_web_redirect",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Apple takes registered https addresses only, and none on this machine. Sign in through an "
        "identity service of your own (Keycloak, Auth0, Cognito) that offers Apple.",
        pattern="invalid web redirect url",
        on_page=True,
    ),
)

DISCORD = (
    _discord(
        "invalid_redirect_uri",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Discord compares redirects with their port. Add http://127.0.0.1:PORT/callback under "
        "OAuth2, Redirects, and use callback=CallbackOptions(ports=(PORT,)).",
        pattern="invalid oauth2 redirect_uri",
        on_page=True,
    ),
    _discord(
        "invalid_code",
        "code_used",
        Say.TOO_LATE,
        Action.RETRY,
        "The code was used before or has expired, or belongs to another client_id.",
        words=("invalid_grant", "invalid_request"),
        pattern='invalid "code" in request',
    ),
)

FACEBOOK = (
    _facebook(
        "url_blocked",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Switch on Client OAuth Login and Web OAuth Login, and add the redirect URI to Valid OAuth "
        "Redirect URIs (Facebook Login, Settings). http://localhost works while the app is in "
        "development mode.",
        pattern="redirect uri is not whitelisted",
        on_page=True,
    ),
    _facebook(
        "embedded_refused",
        "embedded_refused",
        Say.EMBEDDED,
        Action.BROWSER,
        "Facebook refuses sign-in inside an application's own window. Set window to browser.",
        pattern="from an embedded browser is disabled",
        on_page=True,
    ),
)

GITLAB = (
    _gitlab(
        "redirect_uri",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "GitLab compares redirect URIs with their port. Add http://127.0.0.1:PORT/callback to the "
        "application, and use callback=CallbackOptions(ports=(PORT,)).",
        pattern="the redirect uri included is not valid",
        on_page=True,
    ),
)

SLACK = (
    _slack(
        "redirect_uri",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "Add the redirect URI to the app (OAuth & Permissions, Redirect URLs) and save the URLs; "
        "with a fixed port, use callback=CallbackOptions(ports=(PORT,)).",
        pattern="redirect_uri did not match any configured uris",
        on_page=True,
    ),
    _slack(
        "bad_redirect_uri",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        "The redirect URI of the token request is another one than that of the authorization.",
        words=("bad_redirect_uri",),
    ),
)

ENTRIES = (*APPLE, *DISCORD, *FACEBOOK, *GITHUB, *GITLAB, *SLACK)
