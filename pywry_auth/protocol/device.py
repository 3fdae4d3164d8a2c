"""The device authorization endpoint: what is asked of it, what a person is shown (RFC 8628)."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pywry_auth.errors import ConfigError, TokenError, TokenTransportError
from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.wire import (
    WireReply,
    WireRequest,
    form_request,
    is_loopback,
    printable,
    require_safe_url,
)


DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

DEFAULT_INTERVAL = 5.0  # seconds; RFC 8628 section 3.2
LEAST_INTERVAL = 1.0  # seconds; a server that says 0 would be asked without a pause
MAX_INTERVAL = 600.0  # seconds; nobody waits longer to be told that they are signed in
MAX_LIFE = 86_400.0  # seconds; a code that lives longer than a day is not waited for longer
MAX_ADDRESS = 1024  # characters; what is longer fits no QR code a camera can read
MAX_DEVICE_CODE = 8192  # characters; some servers put a whole signed token there

# What a person reads off one screen and types into another: no letter that looks like another one
# of another script, nothing invisible, nothing that turns round the order of what is beside it.
_USER_CODE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,38}[\x21-\x7e])?")
_DEVICE_CODE = re.compile(rf"[\x20-\x7e]{{1,{MAX_DEVICE_CODE}}}")


@dataclass(frozen=True, slots=True)
class DevicePrompt:
    """
    What a person is shown, to sign in on whatever device they like.

    Attributes:
        user_code: what they type there, or compare with what is shown there.
        verification_uri: where they do so; https, or this very machine.
        verification_uri_complete: the same place with the code filled in, for a QR code; "" where
            the provider gives none. Show it only beside the code, so that the two are compared.
        expires_at: Unix time in seconds at which the code ends.
    """

    # Whoever knows the code in time can bring another person's sign-in under it.
    user_code: str = field(repr=False)
    verification_uri: str
    verification_uri_complete: str = field(repr=False)
    expires_at: float

    @property
    def host(self) -> str:
        """Whose page it is, which a person must see before they type anything there."""
        return urlsplit(self.verification_uri).netloc

    @property
    def scanned_uri(self) -> str:
        """What a QR code holds: the complete address, or else the one to type the code at."""
        return self.verification_uri_complete or self.verification_uri

    def seconds_left(self, now: float) -> float:
        """Give the seconds of life that the code has at the Unix time *now*; never below 0."""
        return max(0.0, self.expires_at - now)


@dataclass(frozen=True, slots=True)
class DeviceAuthorization:
    """
    One answer of the device authorization endpoint (RFC 8628 section 3.2).

    Attributes:
        device_code: what tokens are asked for with; a secret.
        prompt: what the person is shown.
        expires_in: seconds of life of both codes, counted from the answer.
        interval: seconds between two questions.
    """

    device_code: str = field(repr=False)
    prompt: DevicePrompt
    expires_in: float
    interval: float


def device_request(
    device_url: str,
    *,
    proof: ClientProof,
    scope: str,
    further: Mapping[str, str] | None = None,
    resources: Sequence[str] = (),
) -> WireRequest:
    """Ask for a code that a person confirms elsewhere (RFC 8628 section 3.1)."""
    named = {"resource": resources} if resources else {}
    asked = {"scope": scope} if scope else {}
    fields = {**(further or {}), **named, **asked, **proof.fields}
    return form_request(device_url, fields, proof.headers)


def device_token_request(
    token_url: str, *, proof: ClientProof, device_code: str, resources: Sequence[str] = ()
) -> WireRequest:
    """Ask whether the person has confirmed (RFC 8628 section 3.4)."""
    fields = {"grant_type": DEVICE_GRANT, "device_code": device_code, "resource": resources}
    return form_request(token_url, {**fields, **proof.fields}, proof.headers)


def read_device_reply(reply: WireReply, *, device_url: str, now: float) -> DeviceAuthorization:
    """
    Read the answer of the device authorization endpoint.

    Args:
        reply: the answer.
        device_url: who gave it; a remote server must not send a person to this machine.
        now: Unix time in seconds at which it arrived.

    Raises:
        TokenTransportError: the server says "not now".
        TokenError: it refuses, or its answer cannot be shown to anybody.
    """
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import DeviceReply

    if reply.is_transient:
        raise TokenTransportError(
            f"the device authorization endpoint cannot answer now (status {reply.status})"
        )
    try:
        found = DeviceReply.model_validate_json(reply.body)
    except ValidationError:
        raise _no_authorization(reply) from None
    if not 200 <= reply.status < 300:  # noqa: PLR2004
        raise _no_authorization(reply)
    life = min(_seconds(found.expires_in, "expires_in", least=1.0, most=math.inf), MAX_LIFE)
    place = _person_address(found.verification_uri, "verification_uri", device_url)
    return DeviceAuthorization(
        device_code=_matching(_DEVICE_CODE, found.device_code, "device_code"),
        prompt=DevicePrompt(
            user_code=_matching(_USER_CODE, found.user_code, "user_code"),
            verification_uri=place,
            verification_uri_complete=_complete(found.verification_uri_complete, place, device_url),
            expires_at=now + life,
        ),
        expires_in=life,
        interval=_interval(found.interval),
    )


def _no_authorization(reply: WireReply) -> TokenError:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import ErrorReply

    try:
        refusal = ErrorReply.model_validate_json(reply.body)
    except ValidationError:
        return TokenError(
            f"the device authorization endpoint answered {reply.status} "
            "with something that is no device authorization",
            hint="is device_url the device authorization endpoint? its answers are JSON",
        )
    word = printable(refusal.error, 80)
    words = printable(refusal.error_description or "", 300)
    return TokenError(
        f"the device authorization endpoint refused: {words or word}",
        error=word,
        error_description=words or None,
    )


def _interval(value: float | str | None) -> float:
    if value is None:
        return DEFAULT_INTERVAL
    return max(LEAST_INTERVAL, _seconds(value, "interval", least=0.0, most=MAX_INTERVAL))


def _seconds(value: float | str, name: str, *, least: float, most: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and least <= number <= most):
        raise TokenError(f"the device authorization has no usable {name}")
    return number


def _matching(pattern: re.Pattern[str], value: str, name: str) -> str:
    if pattern.fullmatch(value) is None:
        raise TokenError(f"the device authorization has no usable {name}")
    return value


def _person_address(url: str, name: str, device_url: str) -> str:
    if len(url) > MAX_ADDRESS or not url.isascii() or not url.isprintable():
        raise TokenError(f"the {name} of the device authorization is no address")
    try:
        # A page that routes by its fragment is a page like any other; a person's browser opens it.
        require_safe_url(url.partition("#")[0], f"the {name} of the device authorization")
    except ConfigError as exc:
        raise TokenError(str(exc)) from None
    if is_loopback(url) and not is_loopback(device_url):
        raise TokenError(f"the {name} of the device authorization is on this machine")
    return url


def _complete(url: str | None, place: str, device_url: str) -> str:
    if not url:
        return ""
    complete = _person_address(url, "verification_uri_complete", device_url)
    # The person is told one host, so a QR code must not lead to another one.
    return complete if urlsplit(complete)[:2] == urlsplit(place)[:2] else ""
