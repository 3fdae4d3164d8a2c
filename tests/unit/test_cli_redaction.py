"""What a support bundle must not hold."""

import io
import json
import zipfile

import pytest

from pywry_auth.cli.bundle import Bundle, LogLines, describe_system, write_bundle
from pywry_auth.cli.redaction import REMOVED, Redactor
from pywry_auth.errors import StoreError


HOME = "/export/adalovelace"
REDACTOR = Redactor(
    ["canary-known secret"],
    home=HOME,
    names={"adalovelace": "[user]", "adas-laptop": "[machine]", "a": "[never]"},
)
JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
OPAQUE = "v8Canary3xKq9Zt2LmWp7RbYc4HdNs6Jf1Gu"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a canary-known secret here", f"a {REMOVED} here"),
        (f"{HOME}/.config/x", "~/.config/x"),
        ("signed in as AdaLovelace", "signed in as [user]"),
        ("adas-laptop.local", "[machine].local"),
        (f"bearer {JWT}.", f"bearer {REMOVED}"),
        (f"got {JWT}, kept", f"got {REMOVED}, kept"),
        (f"got {OPAQUE}. Next", f"got {REMOVED}. Next"),
        (f"got 0.{OPAQUE}.{OPAQUE}", f"got 0.{REMOVED}.{REMOVED}"),
        ("token gho_16C7e42F292c6912E7710c83", f"token {REMOVED}"),
        ("code=canary&x=1", f"code={REMOVED}&x=1"),
        ("{'access_token': 'canary', 'x': 1}", f"{{'access_token={REMOVED}', 'x': 1}}"),
        ('{"clientSecret":"canary"}', f'{{"clientSecret={REMOVED}"}}'),
        ("refresh_token: canary, kept", f"refresh_token={REMOVED}, kept"),
        ("told ada@example.test", "told [address]"),
        (
            "GET https://user:canary@id.example.com:8443/authorize?state=canary#x done",
            f"GET https://id.example.com:8443/authorize?{REMOVED} done",
        ),
    ],
)
def test_what_belongs_to_somebody_is_taken_out(text, expected):
    assert REDACTOR.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the window's process ended with status 139",
        "0f0e0d0c-0b0a-0908-0706-050403020100",  # a client ID of Microsoft's
        "123456789012-abc123def456abc123def456abc123de.apps.googleusercontent.com",
        "https://id.example.com/oauth2/default",
        "http://[::1]:8080/callback",
        "{'code': 'store_error', 'id_token_signing_alg': 'RS256'}",
        "pywry_auth.token_store.keyring",
        "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36",
    ],
)
def test_what_helps_stays(text):
    assert REDACTOR.text(text) == text


def test_members_named_like_secrets_lose_their_value_whatever_it_is():
    kept = REDACTOR.value(
        {
            "client_secret": "short",
            "clientSecret": "short",
            "accessToken": "short",
            "id_token_signing_alg_values_supported": ["RS256"],
            "nested": [{"refresh_token": "x", "token_url": "https://a.example/token"}],
            "has_refresh_token": True,
            "packages": {"SecretStorage": "3.4"},
        }
    )
    assert kept == {
        "client_secret": REMOVED,
        "clientSecret": REMOVED,
        "accessToken": REMOVED,
        "id_token_signing_alg_values_supported": ["RS256"],
        "nested": [{"refresh_token": REMOVED, "token_url": "https://a.example/token"}],
        "has_refresh_token": True,
        "packages": {"SecretStorage": "3.4"},
    }


def test_no_file_of_a_bundle_holds_a_canary(tmp_path):
    canaries = ("canary", "adalovelace", "adas-laptop", JWT, OPAQUE)
    everything = (
        f"canary-known secret {HOME}/x adas-laptop {JWT} {OPAQUE} code=canary "
        "https://u:canary@host.example/p?q=canary#canary"
    )
    log = LogLines()
    log.lines.append(everything)
    bundle = Bundle(
        findings={"findings": [{"sentence": everything, "facts": {everything: everything}}]},
        told=[everything],
        settings={"client_secret": "canary", "authorize_params": {"hint": everything}},
        log=list(log.lines),
        redactor=REDACTOR,
    )
    path = tmp_path / "trouble.zip"
    write_bundle(path, bundle)
    assert path.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        names = archive.namelist()
        texts = [archive.read(name).decode() for name in names]
    assert set(names) == {
        "README.txt",
        "findings.txt",
        "findings.json",
        "system.json",
        "settings.json",
        "log.txt",
    }
    for name, text in zip(names, texts, strict=True):
        assert [one for one in canaries if one in text.lower() or one in text] == [], name


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    bundle = Bundle({}, [], {}, [], REDACTOR)
    with pytest.raises(StoreError, match="cannot be written"):
        write_bundle(tmp_path, bundle)


def test_the_system_is_described_without_anybodys_values(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://someone:canary@proxy.example")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.canary")
    told = json.dumps(describe_system())
    assert "canary" not in told
    assert "HTTPS_PROXY" in told
