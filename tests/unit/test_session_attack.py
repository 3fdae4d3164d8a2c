"""Whatever is asked of a session, it fails early, in few ways, and repeats no secret."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from pywry_auth import AuthManager
from pywry_auth.errors import CredentialMissingError
from pywry_auth.integrations import InMemoryCredentialStore, ProviderSettings, provider_override


SECRET = "sekret-value"

KNOWN = ["github", "google", "gmail", "Google Drive", "SLACK", "notion"]
known = st.sampled_from(KNOWN)
names = st.sampled_from(KNOWN) | st.text(max_size=12) | st.integers() | st.none()
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(SECRET) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
credentials = junk | st.dictionaries(
    st.sampled_from(["access_token", "refresh_token", "expires_at", "scope", "token_type", "x"]),
    junk,
    max_size=4,
)
laid = junk | st.dictionaries(
    st.sampled_from(["token", "timeout", "retry_attempts", "base_url", "user_agent", "x"]),
    junk,
    max_size=3,
)
overrides = (
    laid
    | st.builds(provider_override, laid, st.booleans())
    | st.just(ProviderSettings(token=SECRET))
)
asked = st.fixed_dictionaries(
    {"subject": st.text(max_size=5) | st.text(max_size=5) | junk},
    optional={
        "providers": st.lists(known, max_size=5) | known | st.none() | st.lists(names) | junk,
        "with_credentials": st.dictionaries(known, credentials, max_size=2)
        | st.dictionaries(names, credentials, max_size=2)
        | junk,
        "overrides": st.dictionaries(known, overrides, max_size=2)
        | st.dictionaries(names, overrides, max_size=2)
        | junk,
        "auto_load_credentials": st.booleans(),
        "on_error": st.sampled_from(["raise", "skip", "skip", "skip", "both"]),
    },
)


class Spy(InMemoryCredentialStore):
    """Notes what is written."""

    written = 0

    async def set(self, provider, subject, data):
        self.written += 1
        await super().set(provider, subject, data)


@settings(max_examples=400)
@given(asked)
def test_nothing_that_is_asked_surprises(arguments):
    spy = Spy()
    manager = AuthManager(
        auto_configure=False,
        credential_store=spy,
        github={"token": "app"},
        google={},
        slack={"bot_token": "app"},
        notion={},
    )

    async def opened():
        async with manager.session(**arguments) as integrations:
            return {name: repr(integrations[name]) for name in integrations}

    try:
        shown = str(asyncio.run(opened()))
    except (TypeError, ValueError, CredentialMissingError) as exc:  # ConfigError is a ValueError
        shown = f"{exc!r} {exc} {exc.__cause__} {exc.__context__}"
    assert SECRET not in shown
    assert spy.written == 0
