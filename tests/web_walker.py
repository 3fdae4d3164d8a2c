"""A person's way through a provider's pages, without a browser: follows links, fills forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx


MAX_STEPS = 20
USER_FIELDS = frozenset({"login", "username"})
YES = frozenset({"allow", "accept", "yes"})
NO = frozenset({"deny", "no", "abort"})


class WalkError(AssertionError):
    """The provider showed a page that leads nowhere."""


@dataclass
class Form:
    name: str
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The forms and links of one page."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._open: Form | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.url, values.get("action") or self.url)
            self._open = Form(values.get("id", ""), action, values.get("method", "get").lower())
            self.forms.append(self._open)
        elif tag == "a" and "href" in values:
            self.links.append(urljoin(self.url, values["href"]))
        elif tag in {"input", "button"}:
            form = self._owner(values)
            if form is not None:
                self._field(form, tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _owner(self, values: dict[str, str]) -> Form | None:
        if "form" not in values:
            return self._open
        return next((form for form in self.forms if form.name == values["form"]), None)

    @staticmethod
    def _field(form: Form, tag: str, values: dict[str, str]) -> None:
        kind = values.get("type", "submit" if tag == "button" else "text")
        name = values.get("name", "")
        if kind == "submit":
            form.buttons.append((name, values.get("value", "")))
        elif name and (kind not in {"checkbox", "radio"} or "checked" in values):
            form.fields[name] = values.get("value", "")
            form.kinds[name] = kind


class Walker:
    """One person with a cookie jar of their own, who knows one account."""

    def __init__(self, issuer: str, *, user: str, password: str, deny: bool) -> None:
        self._home = urlsplit(issuer).netloc
        self._user = user
        self._password = password
        self._deny = deny
        self._client = httpx.Client(timeout=20, trust_env=False)

    def __enter__(self):
        return self

    def __exit__(self, *_exception: object) -> None:
        self._client.close()

    def to_callback(self, url: str) -> httpx.Response:
        """Go from *url* to the application's callback, and give the callback's answer."""
        request = self._client.build_request("GET", url)
        for _ in range(MAX_STEPS):
            response = self._client.send(request)
            if not self._is_home(str(request.url)):
                return response
            request = self._next(response)
        raise WalkError(f"still not at the callback after {MAX_STEPS} pages")

    def to_last_page(self, url: str) -> httpx.Response:
        """Go from *url* to the first page that asks nothing any more."""
        request = self._client.build_request("GET", url)
        for _ in range(MAX_STEPS):
            response = self._client.send(request)
            if not response.is_redirect and not self._asks(response):
                return response
            request = self._next(response)
        raise WalkError(f"still asked after {MAX_STEPS} pages")

    @staticmethod
    def _asks(response: httpx.Response) -> bool:
        """Whether the page still wants something; an empty user code is for the next device."""
        forms = Page(str(response.url), response.text).forms
        return bool(forms) and forms[0].fields.get("user_code") != ""

    def _next(self, response: httpx.Response) -> httpx.Request:
        if response.next_request is not None:
            return response.next_request
        page = Page(str(response.url), response.text)
        leave = [link for link in page.links if link.endswith("/abort")]
        if self._deny and leave:
            return self._client.build_request("GET", leave[0])
        if not page.forms or (response.is_error and self._is_home(page.forms[0].action)):
            said = " ".join(response.text.split())[:300]
            raise WalkError(f"{response.request.url.path}: {response.status_code} {said}")
        form = page.forms[0]
        data = self._filled(form) | self._pressed(form)
        return self._client.build_request(
            form.method.upper(),
            form.action,
            **({"data": data} if form.method == "post" else {"params": data}),
        )

    def _is_home(self, url: str) -> bool:
        """Whether *url* is the provider's own; a form post to us brings its errors with a 400."""
        return urlsplit(url).netloc == self._home

    def _filled(self, form: Form) -> dict[str, str]:
        data = dict(form.fields)
        for name, kind in form.kinds.items():
            if kind == "password":
                data[name] = self._password
            elif name in USER_FIELDS:
                data[name] = self._user
        return data

    def _pressed(self, form: Form) -> dict[str, str]:
        """Choose the button that says what this person wants; the first where none says it."""
        said = [(name, value, _says(name, value)) for name, value in form.buttons]
        wanted = "no" if self._deny else "yes"
        chosen = [(name, value) for name, value, word in said if word == wanted]
        # Beside a button that says yes, one without a word is the way out (django-oauth-toolkit).
        chosen += [(name, value) for name, value, word in said if not word]
        return {name: value for name, value in chosen[:1] if name}


def _says(name: str, value: str) -> str:
    words = (name.lower(), value.lower())
    if any(word in NO for word in words):
        return "no"
    return "yes" if any(word in YES for word in words) else ""
