"""One issuer of the programmable provider: its endpoints, its memory, its log."""

import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from pywry_auth.testing import checks
from pywry_auth.testing.answers import (
    access_members,
    id_token_claims,
    metadata,
    userinfo_claims,
)
from pywry_auth.testing.assertion import assertion_id
from pywry_auth.testing.checks import Grant
from pywry_auth.testing.conduct import Conduct, RefreshPolicy, Reply, Rotation
from pywry_auth.testing.edits import edited
from pywry_auth.testing.keys import KeyShelf
from pywry_auth.testing.pages import form_post_page, refusal_page
from pywry_auth.testing.seen import SeenRequest


class Issuer:
    """
    One issuer with one registered client; may be called from any thread.

    Args:
        url: the issuer identifier.
        conduct: what it does.
    """

    def __init__(self, url: str, conduct: Conduct) -> None:
        self.url = url
        self.conduct = conduct
        self.seen: list[SeenRequest] = []
        self.violations: list[str] = []
        self.issued: list[str] = []
        #: a path nobody can guess, so that a client must read it from the metadata
        self.jwks_path = f"jwks-{secrets.token_hex(4)}"
        self.shelf = KeyShelf(conduct.keys)
        self._lock = threading.RLock()
        self._called = threading.Condition(self._lock)
        self._codes: dict[str, Grant] = {}
        self._refresh_tokens: dict[str, Grant] = {}
        self._access_tokens: dict[str, Grant] = {}
        self._once: set[str] = set()
        self._sign_ins = 0

    def answer(self, seen: SeenRequest) -> Reply:
        """Note the request, look at it, and give the reply."""
        with self._lock:
            self.seen.append(seen)
            self._called.notify_all()
            name = _conduct_name(seen)
            fixed = self.conduct.replies.get(name)
            match seen.endpoint:
                case "discovery":
                    reply = self._discovery()
                case "authorize":
                    reply = self._authorize(seen)
                case "token":
                    reply = self._token(seen, refuses=fixed is not None)
                case "jwks":
                    reply = _json(self.shelf.jwks())
                case "userinfo":
                    reply = self._userinfo(seen)
                case "revoke":
                    reply = self._revoke(seen)
                case _:
                    reply = Reply(404, refusal_page("nothing is here"), "text/html")
            return fixed or replace(reply, delay=self.conduct.delays.get(name, 0.0))

    def wait_for(self, endpoint: str, *, times: int, timeout: float) -> bool:
        """Wait until *endpoint* was called *times* times, or *timeout* seconds."""
        with self._called:
            return self._called.wait_for(
                lambda: [seen.endpoint for seen in self.seen].count(endpoint) >= times, timeout
            )

    def end_sessions(self) -> None:
        """Refuse every refresh token given so far, as after a revocation by an administrator."""
        with self._lock:
            for grant in self._refresh_tokens.values():
                grant.ended = True

    def _note(self, where: str, problems: list[str]) -> list[str]:
        self.violations += [f"{where}: {problem}" for problem in problems]
        return problems

    def _fresh(self, what: str, value: str | None) -> list[str]:
        if not value:
            return []
        mark = f"{what} {value}"
        if mark in self._once:
            return [f"{what} was used before"]
        self._once.add(mark)
        return []

    # Endpoints, in the order a sign-in calls them.

    def _discovery(self) -> Reply:
        document = metadata(self.url, self.jwks_path, self.conduct)
        return _json(edited(document, self.conduct.discovery, now=int(time.time())))

    def _authorize(self, seen: SeenRequest) -> Reply:
        params = seen.params
        problems = checks.authorize_problems(seen, self.conduct.client)
        problems += self._fresh("state", params.get("state"))
        problems += self._fresh("nonce", params.get("nonce"))
        problems += self._fresh("code_challenge", params.get("code_challenge"))
        redirect_uri = params.get("redirect_uri", "")
        bad_uri = checks.redirect_uri_problem(redirect_uri)
        if self._note("authorize", problems + ([bad_uri] if bad_uri else [])):
            return Reply(400, refusal_page("this is no correct request"), "text/html")
        self._sign_ins += 1
        if self.conduct.keys.rotation is Rotation.EACH_SIGN_IN and self._sign_ins > 1:
            self.shelf.rotate()
        sent = self._redirect_params(self._approve(params), params)
        if params.get("response_mode") == "form_post":
            return Reply(200, form_post_page(redirect_uri, sent), "text/html; charset=utf-8")
        mark = "&" if "?" in redirect_uri else "?"
        return Reply(302, headers={"Location": f"{redirect_uri}{mark}{urlencode(sent)}"})

    def _approve(self, params: Mapping[str, str]) -> str:
        code = f"code-{secrets.token_urlsafe(24)}"
        self.issued.append(code)
        self._codes[code] = Grant(
            redirect_uri=params["redirect_uri"],
            scope=params["scope"],
            nonce=params.get("nonce"),
            challenge=params["code_challenge"],
            auth_time=int(time.time()),
            wants_auth_time="max_age" in params,
        )
        return code

    def _redirect_params(self, code: str, params: Mapping[str, str]) -> list[tuple[str, str]]:
        right: dict[str, object] = {"code": code, "state": params["state"], "iss": self.url}
        sent = edited(right, self.conduct.authorization, now=int(time.time()))
        again = [(name, f"{sent[name]}2") for name in self.conduct.repeated]
        return [*((name, str(value)) for name, value in sent.items()), *again]

    def _token(self, seen: SeenRequest, *, refuses: bool) -> Reply:
        form = dict(seen.form)
        client = self.conduct.client
        problems = checks.form_problems(seen)
        problems += checks.client_auth_problems(seen, client, self.url)
        problems += self._fresh("jti", assertion_id(form) if "client_assertion" in form else None)
        if self._note("token", problems):
            return _error("invalid_client", 401)
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(seen, form.get("code", ""))
            case "refresh_token":
                return self._renew(form, refuses=refuses)
            case _:
                self._note("token", ["unknown grant_type"])
                return _error("unsupported_grant_type")

    def _redeem(self, seen: SeenRequest, code: str) -> Reply:
        grant = self._codes.get(code)
        if grant is None:
            self._note("token", ["unknown code"])
            return _error("invalid_grant")
        problems = checks.code_problems(seen, grant, self._once)
        self._once.add(dict(seen.form).get("code_verifier", ""))
        if self._note("token", problems):
            return _error("invalid_grant")
        grant.spent = True
        if self.conduct.keys.rotation is Rotation.BEFORE_SIGNING:
            self.shelf.rotate()
        members = self._tokens_for(grant, first=True)
        return _json(edited(members, self.conduct.token, now=int(time.time())))

    def _renew(self, form: Mapping[str, str], *, refuses: bool) -> Reply:
        used = form.get("refresh_token", "")
        grant = self._refresh_tokens.get(used)
        asked = set(form.get("scope", "").split())
        problems = ["unknown refresh token"] if grant is None else []
        problems += [f"{name} was sent" for name in ("code", "redirect_uri") if name in form]
        if grant is not None and not asked <= grant.scopes:
            problems.append("scope is wider than what was granted")
        if self._note("refresh", problems) or grant is None:
            return _error("invalid_grant")
        if grant.refresh_token != used:
            self._note("refresh", ["a spent refresh token was sent again"])
            grant.ended = grant.ended or self.conduct.refresh is RefreshPolicy.DETECT_REUSE
            return _error("invalid_grant")
        if grant.ended:
            return _error("invalid_grant", description="the session was ended")
        if refuses:
            return _error("server_error", 500)  # a fixed reply goes out instead; nothing is spent
        members = self._tokens_for(grant, first=False)
        return _json(edited(members, self.conduct.refreshed, now=int(time.time())))

    def _tokens_for(self, grant: Grant, *, first: bool) -> dict[str, object]:
        now = int(time.time())
        members = access_members(grant)
        access_token = str(members["access_token"])
        self._access_tokens[access_token] = grant
        policy = self.conduct.refresh
        if policy is not RefreshPolicy.NONE:
            if first or policy is not RefreshPolicy.KEEP:
                grant.refresh_token = f"rt-{secrets.token_urlsafe(24)}"
                self._refresh_tokens[grant.refresh_token] = grant
            members["refresh_token"] = grant.refresh_token
        signing = self.conduct.signing if first else self.conduct.refreshed_signing
        signing = signing or self.conduct.signing
        client = self.conduct.client
        claims = id_token_claims(self.url, client.client_id, grant, access_token, signing.alg)
        if not first:
            claims.pop("nonce", None)  # OIDC Core 12.2: it should not be there
        edits = self.conduct.id_token if first else self.conduct.refreshed_id_token
        claims = edited(claims, edits, now=now)
        id_token = self.shelf.sign(claims, signing, client.client_secret)
        self.issued += [access_token, id_token, *filter(None, [grant.refresh_token])]
        members["id_token"] = id_token
        return members

    def _userinfo(self, seen: SeenRequest) -> Reply:
        problems = checks.resource_problems(seen)
        grant = self._access_tokens.get(seen.bearer or "")
        if grant is None:
            problems.append("unknown access token")
        if self._note("userinfo", problems) or grant is None:
            return Reply(401, "{}", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        claims = userinfo_claims(grant.scopes)
        signing = self.conduct.userinfo_signing
        client = self.conduct.client
        if signing is not None:
            claims |= {"iss": self.url, "aud": client.client_id}
        claims = edited(claims, self.conduct.userinfo, now=int(time.time()))
        if signing is None:
            return _json(claims)
        signed = self.shelf.sign(claims, signing, client.client_secret)
        return Reply(200, signed, "application/jwt")

    def _revoke(self, seen: SeenRequest) -> Reply:
        form = dict(seen.form)
        problems = checks.form_problems(seen)
        problems += checks.client_auth_problems(seen, self.conduct.client, self.url)
        if "token" not in form:
            problems.append("no token")
        if self._note("revoke", problems):
            return _error("invalid_request")
        token = form["token"]
        self._access_tokens.pop(token, None)
        grant = self._refresh_tokens.get(token)
        if grant is not None:
            grant.ended = True
        return Reply(200, "")


def _conduct_name(seen: SeenRequest) -> str:
    refreshes = seen.params.get("grant_type") == "refresh_token"
    return "refresh" if seen.endpoint == "token" and refreshes else seen.endpoint


def _json(members: Mapping[str, object]) -> Reply:
    return Reply(200, json.dumps(members), headers={"Cache-Control": "no-store"})


def _error(error: str, status: int = 400, description: str = "") -> Reply:
    members = {"error": error}
    if description:
        members["error_description"] = description
    return Reply(status, json.dumps(members), headers={"Cache-Control": "no-store"})
