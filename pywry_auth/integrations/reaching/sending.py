"""One request of a target, whose token goes to its own origin only."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from pywry_auth.errors import AuthError, ConfigError, TransportError
from pywry_auth.http import origin_dialled, reason_of
from pywry_auth.integrations.reaching.options import FileValue, Query
from pywry_auth.integrations.reaching.reading import ACCEPTED, read_whole
from pywry_auth.protocol.origin import Origin, safe_origin
from pywry_auth.protocol.wire import is_loopback, require_safe_url


MAX_REDIRECTS = 5  # a renamed repository, a download that lies elsewhere: one or two

# Of redirects alone: what the caller gave was looked at before.
_NO_ADDRESS = (httpx.UnsupportedProtocol, httpx.InvalidURL)
_SAFE = frozenset({"GET", "HEAD"})
_KEEPS_METHOD = frozenset({303, 307, 308})  # what they ask for does not depend on the reader


@dataclass(frozen=True, slots=True)
class Content:
    """
    What a request carries; at most one of the bodies.

    Attributes:
        headers: on top of those of the target.
        json: a body written as JSON.
        data: a body written as a form.
        content: a body as it is.
        files: a body of several parts.
    """

    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    json: object = field(default=None, repr=False)
    data: Mapping[str, object] | None = field(default=None, repr=False)
    content: bytes | str | None = field(default=None, repr=False)
    files: Mapping[str, FileValue] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Errand:
    """
    One request, not yet sent.

    Attributes:
        method: in capitals.
        url: where to; a whole address of the target's own origin.
        authorization: the value of that header; a secret, "" for none.
        timeout: seconds for everything, redirects and the last byte included.
        content: what it carries.
    """

    method: str
    url: str
    authorization: str = field(repr=False)
    timeout: float
    content: Content = field(default_factory=Content, repr=False)


def address_at(base_url: str, path: str) -> str:
    """
    Give the whole address of *path* at *base_url*.

    Args:
        base_url: an https address; may have a path itself.
        path: below it, or a whole address of the same origin, as answers give them.

    Raises:
        ConfigError: it belongs to another origin, or cannot be told apart from one that does.
    """
    if path.startswith(("//", "\\")):
        raise ConfigError("a path begins with one slash", hint='write "/user"')
    if "://" not in path.partition("?")[0]:
        url = f"{base_url.rstrip('/')}/{path.lstrip('/')}"
        return require_safe_url(url, "the path")
    url = require_safe_url(path, "the address")
    if safe_origin(url) is None or safe_origin(url) != safe_origin(base_url):
        raise ConfigError(
            f"{urlsplit(url).hostname} is not where the token may go",
            hint="give a path below base_url, or an address of its origin",
        )
    return url


def with_params(url: str, params: Query | None) -> str:
    """
    Give *url* with *params* in its query; a name that is there is replaced.

    Raises:
        ConfigError: it cannot be written as an address.
    """
    try:
        whole = httpx.URL(url)
        _ = whole.host  # is read only when it is dialled otherwise
        return str(whole.copy_merge_params(params) if params else whole)
    except (httpx.InvalidURL, UnicodeError):
        wrong = ConfigError(
            "the path cannot be written as an address",
            hint="quote what is put into it: urllib.parse.quote(name, safe='')",
        )
    raise wrong  # here, where no other error is being handled: that one knows the query


async def send(client: httpx.AsyncClient, errand: Errand) -> httpx.Response:
    """
    Send *errand* once, and read the answer whole.

    Redirects at the same origin are followed. One that leads elsewhere is followed where only
    something is read, without token, body or any header of the request: nobody there is trusted.

    Raises:
        TransportError: no answer arrived.
        ConfigError: the request cannot be written as HTTP.
    """
    request = _written(client, errand)
    try:
        async with asyncio.timeout(errand.timeout):
            return await _followed(client, request, errand)
    except (httpx.LocalProtocolError, OverflowError):
        wrong: AuthError = _unwritable()
    except (*_NO_ADDRESS, UnicodeError):
        host = urlsplit(errand.url).netloc
        wrong = TransportError(f"{host} redirects to an address that nobody can go to")
    except httpx.HTTPError as exc:
        wrong = TransportError(reason_of(errand.url, exc))
    except TimeoutError:
        host = urlsplit(errand.url).netloc
        wrong = TransportError(
            f"{host} did not answer within {errand.timeout:g} seconds",
            hint="ask again later, or give it longer: timeout=",
        )
    raise wrong  # here, where no other error is being handled: that one knows the request


def _unwritable() -> ConfigError:
    return ConfigError(
        "the request cannot be written as HTTP",
        hint="its method, path and headers are text without an end of line",
    )


async def _followed(
    client: httpx.AsyncClient, request: httpx.Request, errand: Errand
) -> httpx.Response:
    home = safe_origin(errand.url)
    for _ in range(MAX_REDIRECTS + 1):
        is_home = home is not None and origin_dialled(request) == home
        response = await _sent(client, request, errand, is_home=is_home)
        following = response.next_request
        if following is None or not _may_follow(response, following, home):
            return response
        if origin_dialled(following) != home:
            # Never again on this way: who sent us elsewhere may also send us back.
            home, following = None, _stranger(following, errand)
        request = following
    raise TransportError(
        f"{urlsplit(errand.url).netloc} redirects in circles", hint="check base_url and the path"
    )


def _written(client: httpx.AsyncClient, errand: Errand) -> httpx.Request:
    carried = errand.content
    with suppress(httpx.InvalidURL, UnicodeError):
        return client.build_request(
            errand.method,
            errand.url,
            headers=carried.headers,
            json=carried.json,
            data=carried.data,
            content=carried.content,
            files=carried.files,
            timeout=errand.timeout,
        )
    raise _unwritable()  # here, where no other error is being handled: that one knows what is sent


async def _sent(
    client: httpx.AsyncClient, request: httpx.Request, errand: Errand, *, is_home: bool
) -> httpx.Response:
    is_ours = bool(errand.authorization)
    if not is_home:
        request.headers.pop("authorization", None)
    elif is_ours:
        request.headers["Authorization"] = errand.authorization
    # Without a token of ours the program's own client may know how to prove itself, at home.
    own = httpx.USE_CLIENT_DEFAULT if is_home and not is_ours else None
    response = await client.send(request, auth=own, follow_redirects=False, stream=True)
    return await read_whole(response)


def _may_follow(response: httpx.Response, following: httpx.Request, home: Origin | None) -> bool:
    asked = response.request.method
    origin = origin_dialled(following)
    if origin is None or (is_loopback(str(origin)) and not _is_near(response.request)):
        raise TransportError(
            f"{response.request.url.host} redirects to an address that nobody should go to"
        )
    if origin == home:
        return asked in _SAFE or response.status_code in _KEEPS_METHOD
    return asked in _SAFE and following.method in _SAFE


def _is_near(request: httpx.Request) -> bool:
    return is_loopback(str(request.url))


def _stranger(following: httpx.Request, errand: Errand) -> httpx.Request:
    agent = errand.content.headers.get("user-agent", "")
    # Not by the client, which may put cookies, parameters, keys on every request it makes.
    return httpx.Request(
        following.method,
        following.url,
        headers={"user-agent": agent, "accept-encoding": ACCEPTED},
        extensions={"timeout": httpx.Timeout(errand.timeout).as_dict()},
    )
