"""What each fault of a renewal does."""

from collections.abc import Mapping

from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    TokenExpiredError,
    TokenRefreshError,
)
from pywry_auth.testing.conduct import RefreshPolicy, Reply, usually
from pywry_auth.testing.edits import Append, Drop
from pywry_auth.testing.effect import Effect
from pywry_auth.testing.effects_sign_in import PORTAL


_KEPT = "the session is kept, and so are its tokens."
_LOST = Reply(cut=True, worked=True)
_GONE = Reply(400, '{"error": "invalid_grant", "error_description": "revoked"}')
_DOWN = Reply(503, PORTAL, "text/html")


RENEWAL: Mapping[str, Effect] = {
    "rotation": Effect(
        "Each renewal replaces the refresh token; the spent one is refused.",
        "Renewals succeed, each with the newest token.",
        usually(),
        renewals=(None, None),
    ),
    "rotation-with-reuse-detection": Effect(
        "Each renewal replaces the refresh token; a spent one ends the whole session.",
        "Renewals succeed, because no spent token is ever sent.",
        usually(refresh=RefreshPolicy.DETECT_REUSE),
        renewals=(None, None, None),
    ),
    "kept-refresh-token": Effect(
        "The renewal's answer brings no new refresh token.",
        "Renewals succeed; the old refresh token stays in use.",
        usually(refresh=RefreshPolicy.KEEP, refreshed={"refresh_token": Drop()}),
        renewals=(None, None),
    ),
    "no-refresh-token": Effect(
        "The provider gives no refresh token.",
        "`TokenExpiredError` once the access token has ended or a renewal is asked for.",
        usually(refresh=RefreshPolicy.NONE),
        renewals=(TokenExpiredError,),
    ),
    "flapping-token-endpoint": Effect(
        "The token endpoint answers two renewals with 503, then works again.",
        f"`RefreshTransportError` twice, then success; {_KEPT}",
        usually(first={"refresh": (_DOWN, _DOWN)}),
        renewals=(RefreshTransportError, RefreshTransportError, None),
    ),
    "renewal-down": Effect(
        "The token endpoint answers renewals with 503.",
        f"`RefreshTransportError`; {_KEPT}",
        usually(replies={"refresh": _DOWN}),
        renewals=(RefreshTransportError, RefreshTransportError),
    ),
    "renewal-busy": Effect(
        "The token endpoint answers renewals with 429 with `Retry-After`.",
        f"`RefreshTransportError`, whose `retry_after` says how long to wait; {_KEPT}",
        usually(
            replies={"refresh": Reply(429, "slow down", "text/plain", {"Retry-After": "7"})},
        ),
        renewals=(RefreshTransportError,),
    ),
    "renewal-cut": Effect(
        "The token endpoint closes the connection before it does anything.",
        f"`RefreshTransportError`, then success; {_KEPT}",
        usually(first={"refresh": (Reply(cut=True),)}),
        renewals=(RefreshTransportError, None),
    ),
    "renewal-captive-portal": Effect(
        "A hotel's page answers renewals with status 200.",
        f"`TokenRefreshError`; {_KEPT}",
        usually(replies={"refresh": Reply(200, PORTAL, "text/html")}),
        renewals=(TokenRefreshError,),
    ),
    "renewal-opaque-error": Effect(
        "The token endpoint refuses renewals with a word no standard knows.",
        f"`TokenRefreshError`, whose `error` is that word; {_KEPT}",
        usually(replies={"refresh": Reply(400, '{"error": "moon_phase"}')}),
        renewals=(TokenRefreshError,),
    ),
    "renewal-of-somebody-else": Effect(
        "A renewal brings the ID token of another person.",
        f"`TokenRefreshError`; {_KEPT}",
        usually(refreshed_id_token={"sub": Append()}),
        renewals=(TokenRefreshError,),
    ),
    "lost-answer": Effect(
        "The provider replaces the refresh token, but its answer gets lost; a spent token ends"
        " the session.",
        "`RefreshTransportError`, then `ReauthRequiredError`: a person must sign in.",
        usually(refresh=RefreshPolicy.DETECT_REUSE, first={"refresh": (_LOST,)}),
        renewals=(RefreshTransportError, ReauthRequiredError),
    ),
    "lost-answer-with-leeway": Effect(
        "The provider replaces the refresh token, but its answer gets lost; the spent token is good"
        " for a minute more.",
        f"`RefreshTransportError`, then success; {_KEPT}",
        usually(refresh=RefreshPolicy.LEEWAY, first={"refresh": (_LOST,)}),
        renewals=(RefreshTransportError, None, None),
    ),
    "session-ended": Effect(
        "An administrator has ended the session: renewals get `invalid_grant`.",
        "`ReauthRequiredError`: a person must sign in; the access token serves until it ends.",
        usually(replies={"refresh": _GONE}),
        renewals=(ReauthRequiredError,),
    ),
}
