"""A provider that is asked what a token is worth."""

import asyncio
import json

import pytest

from pywry_auth.errors import TokenError, TokenTransportError, TransportError
from pywry_auth.protocol.introspection import Introspection
from pywry_auth.protocol.wire import WireReply
from pywry_auth.providers import GenericOIDCProvider


URL = "https://op.example/introspect"


class AskedProvider(GenericOIDCProvider):
    """Answers introspection as told, and remembers the requests."""

    def __init__(self, answer):
        super().__init__(
            "me",
            "s3cret",
            authorize_url="https://op.example/authorize",
            token_url="https://op.example/token",
        )
        self.introspection_url = URL
        self.answer = answer
        self.sent = []

    async def _send(self, request, *, within):
        assert within > 0
        self.sent.append(request)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return WireReply(200, {}, json.dumps(self.answer).encode())


def test_the_answer_is_given_whatever_it_is():
    provider = AskedProvider({"active": True, "sub": "alice"})
    found = asyncio.run(provider.introspect_token("t", token_type_hint="refresh_token"))
    assert found == Introspection(active=True, sub="alice")
    assert provider.sent[0].url == URL
    assert b"client_secret=s3cret" in provider.sent[0].body
    assert b"token_type_hint=refresh_token" in provider.sent[0].body
    gone = AskedProvider({"active": False})
    assert not asyncio.run(gone.introspect_token("t")).active


def test_nobody_there_is_a_transport_error():
    provider = AskedProvider(TransportError("no route"))
    with pytest.raises(TokenTransportError, match="no route"):
        asyncio.run(provider.introspect_token("t"))


def test_without_an_endpoint_nothing_is_sent():
    provider = AskedProvider({"active": True})
    provider.introspection_url = ""
    with pytest.raises(TokenError, match="no introspection endpoint"):
        asyncio.run(provider.introspect_token("t"))
    assert provider.sent == []
