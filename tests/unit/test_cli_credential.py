"""What credential helpers decide, without a tool that asks."""

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.credential.aws import role_request
from pywry_auth.cli.credential.choosing import require_plain, standard_input
from pywry_auth.cli.credential.git import read_request
from pywry_auth.cli.credential.hosts import Hosts, hosts_of
from pywry_auth.cli.credential.sts import Keys, RoleRequest, read_keys
from pywry_auth.cli.selection import Selected
from pywry_auth.errors import ConfigError, TokenError, TokenExpiredError, TransportError
from pywry_auth.protocol.wire import WireReply


ROLE = "arn:aws:iam::123456789012:role/dev"


@pytest.mark.parametrize(
    ("allowed", "server", "may"),
    [
        ("git.example.com", "https://git.example.com", True),
        ("git.example.com", "https://GIT.example.com:443", True),
        ("git.example.com", "git.example.com", True),
        ("git.example.com", "http://git.example.com", False),
        ("git.example.com", "https://git.example.com:8443", False),
        ("git.example.com", "https://a.git.example.com", False),
        ("git.example.com:8443", "https://git.example.com:8443", True),
        ("https://git.example.com", "git.example.com", True),
        ("127.0.0.1:3000", "http://127.0.0.1:3000", True),
        ("127.0.0.1:3000", "https://127.0.0.1:3000", True),
        ("http://127.0.0.1:3000", "https://127.0.0.1:3000", False),
        ("[::1]:3000", "http://[::1]:3000", True),
        ("localhost:5000", "localhost:5000", True),
        ("git.example.com", "https://git.example.com@evil.example", False),
        ("git.example.com", "https://evil.example#git.example.com", False),
        ("git.example.com", "https://[::1", False),
        ("git.example.com", "https://git.example.com:99999", False),
        ("git.example.com", "", False),
    ],
)
def test_a_host_stands_for_itself_alone(allowed, server, may):
    assert Hosts([allowed]).allow(server) is may


@given(st.text())
def test_whatever_is_asked_for_is_another_host(text):
    assert not Hosts(["only.example.com"]).allow(text + "x")


@pytest.mark.parametrize(
    "text", ["", "*.example.com", "git.example.com/a", "http://a.example", "a@b"]
)
def test_what_is_no_host_cannot_be_allowed(text):
    with pytest.raises(ConfigError, match="git_hosts of here"):
        hosts_of({"git_hosts": [text]}, "git_hosts", "here")


def test_no_hosts_are_told_from_none_allowed():
    assert hosts_of({}, "git_hosts", "here") is None
    with pytest.raises(ConfigError):
        hosts_of({"git_hosts": []}, "git_hosts", "here")


def test_a_request_ends_at_its_empty_line():
    said = "protocol=https\nhost=a\nhost=b\nodd\nwwwauth[]=Basic\nwwwauth[]=Bearer x\n\nhost=c\n"
    request = read_request(said)
    assert request.server == "https://b"
    assert request.lists == {"wwwauth": ["Basic", "Bearer x"]}
    assert request.secret is None
    assert not request.wants_bearer  # git did not say that it can send one
    assert read_request(f"capability[]=authtype\n{said}").wants_bearer
    assert not read_request(f"capability[]=authtype\n{said.replace('Bearer', '')}").wants_bearer


def test_what_git_says_of_a_secret_is_not_printed():
    request = read_request("password=canary\nwwwauth[]=Basic canary\n")
    assert request.secret == "canary"
    assert "canary" not in repr(request)


@given(st.text())
def test_whatever_git_says_is_read(text):
    assert isinstance(read_request(text).server, str)


def test_line_ends_of_windows_are_line_ends(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"host=a\r\n\r\n\xff")))
    assert standard_input() == "host=a\n\n\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "token", ["", "a b", "a\nb", "a\x00", "\N{LATIN SMALL LETTER E WITH ACUTE}"]
)
def test_a_token_that_could_be_more_is_none(token):
    with pytest.raises(TokenError):
        require_plain(token, "work")


# AWS


def role(who="alice@example.com", settings=None, **typed):
    selected = Selected(
        "work", settings or {}, is_named=True, is_configured=True, path=Path("providers.toml")
    )
    return role_request(Arguments(**{"role_arn": ROLE, **typed}), selected, who)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ({}, "https://sts.amazonaws.com/"),
        ({"region": "eu-central-1"}, "https://sts.eu-central-1.amazonaws.com/"),
        ({"region": "us-gov-west-1"}, "https://sts.us-gov-west-1.amazonaws.com/"),
        (
            {"role_arn": "arn:aws-cn:iam::123456789012:role/dev"},
            "https://sts.cn-north-1.amazonaws.com.cn/",
        ),
        ({"sts_url": "https://sts.example.com/x"}, "https://sts.example.com/x"),
    ],
)
def test_sts_is_where_the_region_says(typed, url):
    assert role(**typed).url == url


def test_what_was_typed_beats_the_settings():
    settings = {"aws_region": "eu-west-1", "aws_session_name": "set", "aws_role_arn": "x"}
    found = role(settings=settings, region="eu-west-2", session_name="typed")
    assert (found.role_arn, found.session_name) == (ROLE, "typed")
    assert "eu-west-2" in found.url
    assert role(settings=settings).session_name == "set"


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("alice@example.com", "alice@example.com"),
        ("Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} D|x", "Zo--D-x"),
        ("1", "-1"),
        ("x" * 100, "x" * 64),
    ],
)
def test_the_logs_of_aws_name_whoever_it_is(who, name):
    assert role(who).session_name == name


def keys(status, body, token="canary-token"):
    return read_keys(WireReply(status, {}, body.encode()), token=token, provider="work")


ANSWER = (
    "<r><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s&amp;/+=</SecretAccessKey>"
    "<SessionToken>\n  t==\n</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    "</Credentials></r>"
)


def test_keys_are_read_and_never_printed():
    found = keys(200, ANSWER)
    assert found == Keys("A", "s&/+=", "t==", "2099-01-01T00:00:00Z")
    assert "t==" not in repr(found)
    assert "s&" not in repr(found)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, "", TokenError),
        (200, ANSWER.replace("Expiration", "Other"), TokenError),
        (200, ANSWER.replace("<AccessKeyId>A", "<AccessKeyId>"), TokenError),
        (302, ANSWER, TokenError),
        (403, "<Code>AccessDenied</Code><Message>Not authorized</Message>", TokenError),
        (400, "<Code>InvalidIdentityToken</Code>", TokenExpiredError),
        (503, "<html>busy</html>", TransportError),
        (429, "<Code>Throttling</Code>", TransportError),
    ],
)
def test_what_are_no_keys_is_an_error(status, body, error):
    with pytest.raises(error) as caught:
        keys(status, body)
    assert type(caught.value) is error


def test_an_answer_that_repeats_the_token_does_not_get_far():
    with pytest.raises(TokenError) as caught:
        keys(403, "<Code>X</Code><Message>canary-token\x1b[31m\n</Message>")
    assert "canary" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_request_for_a_role_shows_no_token():
    request = RoleRequest("https://sts.amazonaws.com/", ROLE, "alice").request("canary")
    assert "canary" not in repr(request)
    assert b"WebIdentityToken=canary" in request.body
    assert b"DurationSeconds" not in request.body


def test_keys_are_what_the_tools_of_aws_read():
    assert json.loads(json.dumps(Keys("a", "b", "c", "d").as_data())) == {
        "Version": 1,
        "AccessKeyId": "a",
        "SecretAccessKey": "b",
        "SessionToken": "c",
        "Expiration": "d",
    }
