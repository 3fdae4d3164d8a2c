"""What each fault of a sign-in does."""

from collections.abc import Mapping

from pywry_auth.errors import (
    AuthFlowTimeout,
    CallbackError,
    DiscoveryError,
    DiscoveryTransportError,
    TokenError,
    TokenTransportError,
)
from pywry_auth.testing.conduct import (
    Alg,
    KeyPlan,
    Reply,
    Rotation,
    Signing,
    Tamper,
    usually,
)
from pywry_auth.testing.edits import Append, Drop, Edit, FromNow, Put
from pywry_auth.testing.effect import Effect
from pywry_auth.testing.tricks import Trick


SKEW = 420.0  # seconds; more than anybody's leeway, less than a token's life
SLOW = 0.5  # seconds; slower than any spinner should be, quick enough for a test
PORTAL = "<html><body>Please sign in to the hotel network</body></html>"
_FINE = "The sign-in succeeds."
_REFUSED = "`TokenError`; nothing is stored."
_NOBODY = "`AuthFlowTimeout` once the time is over; nothing is stored."


def _browser(trick: Trick, does: str, sees: str = _FINE) -> Effect:
    return Effect(does, sees, tricks=(trick,))


def _redirect(does: str, **edits: Edit) -> Effect:
    sees = "`CallbackError`; no code is sent anywhere."
    return Effect(does, sees, usually(authorization=edits), sign_in=CallbackError)


def _id_token(does: str, **edits: Edit) -> Effect:
    return Effect(does, _REFUSED, usually(id_token=edits), sign_in=TokenError)


def _signed(does: str, signing: Signing) -> Effect:
    return Effect(does, _REFUSED, usually(signing=signing), sign_in=TokenError)


def _token_endpoint(does: str, reply: Reply) -> Effect:
    sees = "`TokenTransportError`, which is retryable; nothing is stored."
    return Effect(does, sees, usually(replies={"token": reply}), sign_in=TokenTransportError)


SIGN_IN: Mapping[str, Effect] = {
    "preconnects": _browser(
        Trick.PRECONNECTS, "The browser opens four connections to the callback, which stay silent."
    ),
    "half-a-request": _browser(
        Trick.HALF_A_REQUEST, "A connection to the callback begins a request, which never ends."
    ),
    "favicon-first": _browser(
        Trick.FAVICON_FIRST, "The browser asks the callback server for an icon first."
    ),
    "double-callback": _browser(
        Trick.TWICE,
        "The browser loads the redirect twice at once.",
        "The sign-in succeeds, and its code is redeemed once.",
    ),
    "strangers-callback": _browser(
        Trick.STRANGER_FIRST,
        "Somebody else calls the callback first, with a code but a guessed state.",
        "The stranger gets a 400; the wait goes on, and the sign-in succeeds.",
    ),
    "nobody-there": Effect(
        "The person looks at the page, and goes away.",
        _NOBODY,
        tricks=(Trick.NEVER,),
        sign_in=AuthFlowTimeout,
    ),
    "wrong-state": Effect(
        "The redirect comes with another state than was sent.",
        _NOBODY,
        usually(authorization={"state": Append()}),
        sign_in=AuthFlowTimeout,
    ),
    "consent-denied": _redirect(
        'The person presses "deny".', code=Drop(), error=Put("access_denied")
    ),
    "wrong-iss-in-redirect": _redirect(
        "The redirect names another issuer (mix-up, RFC 9207).", iss=Append()
    ),
    "discovery-down": Effect(
        "The metadata document is answered with 503.",
        "`DiscoveryTransportError`, which is retryable; no window opens.",
        usually(replies={"discovery": Reply(503)}),
        sign_in=DiscoveryTransportError,
    ),
    "wrong-issuer-in-metadata": Effect(
        "The metadata document belongs to another issuer.",
        "`DiscoveryError`; no window opens.",
        usually(discovery={"issuer": Append()}),
        sign_in=DiscoveryError,
    ),
    "slow-token-endpoint": Effect(
        "The token endpoint takes half a second for everything.",
        "The sign-in succeeds; so do renewals.",
        usually(delays={"token": SLOW, "refresh": SLOW}),
        renewals=(None,),
    ),
    "token-endpoint-down": _token_endpoint(
        "The token endpoint answers the code with 503.", Reply(503, PORTAL, "text/html")
    ),
    "token-endpoint-busy": _token_endpoint(
        "The token endpoint answers the code with 429 with `Retry-After`.",
        Reply(429, "slow down", "text/plain", {"Retry-After": "7"}),
    ),
    "cut-connection": _token_endpoint(
        "The token endpoint closes the connection without a word.", Reply(cut=True)
    ),
    "captive-portal": Effect(
        "A hotel's page answers the code with status 200.",
        _REFUSED,
        usually(replies={"token": Reply(200, PORTAL, "text/html")}),
        sign_in=TokenError,
    ),
    "opaque-error": Effect(
        "The token endpoint refuses the code with a word no standard knows.",
        "`TokenError`, whose `error` is that word; nothing is stored.",
        usually(replies={"token": Reply(400, '{"error": "moon_phase"}')}),
        sign_in=TokenError,
    ),
    "wrong-issuer": _id_token("The ID token names another issuer.", iss=Append()),
    "wrong-audience": _id_token("The ID token is meant for another client.", aud=Append()),
    "wrong-nonce": _id_token("The ID token belongs to another sign-in.", nonce=Append()),
    "expired-id-token": _id_token("The ID token expired a while ago.", exp=FromNow(-3600)),
    "wrong-signature": _signed(
        "The signature of the ID token was changed.", Signing(tamper=Tamper.FLIPPED)
    ),
    "strangers-signature": _signed(
        "An unpublished key signed the ID token, which brings it along.", Signing(stranger=True)
    ),
    "no-signature": _signed("The ID token says that it needs no signature.", Signing(Alg.NONE)),
    "clock-ahead": Effect(
        "The provider's clock is seven minutes ahead, in its headers as in its tokens.",
        _FINE,
        usually(skew=SKEW),
    ),
    "clock-behind": Effect(
        "The provider's clock is seven minutes behind, in its headers as in its tokens.",
        _FINE,
        usually(skew=-SKEW),
    ),
    "key-rotation": Effect(
        "The provider changes its keys between the redirect and the ID token.",
        "The new keys are fetched, and the sign-in succeeds.",
        usually(keys=KeyPlan(rotation=Rotation.BEFORE_SIGNING)),
    ),
    "hidden-key": Effect(
        "The key that signs is never published.",
        _REFUSED,
        usually(keys=KeyPlan(rotation=Rotation.HIDDEN)),
        sign_in=TokenError,
    ),
}
