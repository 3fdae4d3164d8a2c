"""
Everything an application needs to test its own sign-in.

With pytest, one line in ``conftest.py`` gives the fixtures of ``pywry_auth.testing.pytest``:

    pytest_plugins = ["pywry_auth.testing.pytest"]

Then an hour passes in a moment, and every fault is one line:

    def test_the_token_is_renewed_before_it_ends(auth_session, auth_clock):
        first = auth_session.access_token()
        auth_clock.advance(3600)
        assert auth_session.access_token() != first

    def test_my_program_survives(auth_provider, auth_agent, auth_fault):
        ...  # sign in with show_window=auth_agent.show_window at auth_provider.issuer_url

Without pytest the same parts are at hand:

    with ProgrammableProvider() as server:
        identity_provider = IdentityProvider(server, "mine", Fault.FLAPPING_TOKEN_ENDPOINT)
        signed_in = sign_in(identity_provider)
        assert identity_provider.violations == []
        signed_in.close()

``Conduct`` says what an issuer does, and ``Fault`` names what goes wrong in the field; the edits
(``Put``, ``Drop``, ``Append``, ``FromNow``, ``SwapCase``, ``Listed``) change single members of
what it sends. Programs are answered too: the password of ``Conduct.person``, the client of
``Conduct.client`` in its own name, assertions signed with ``client_key_pem()``, and exchanges of
tokens it gave. ``VirtualClock`` is time turned by hand. ``installed`` puts a keyring in place that
is missing, locked, slow or tiny.
"""

from pywry_auth.lazy import lazy_names


__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Alg": "pywry_auth.testing.conduct",
        "Append": "pywry_auth.testing.edits",
        "Binding": "pywry_auth.testing.demands",
        "CORRECT": "pywry_auth.testing.conduct",
        "ClientAuthMethod": "pywry_auth.testing.conduct",
        "Conduct": "pywry_auth.testing.conduct",
        "Drop": "pywry_auth.testing.edits",
        "DyingKeyring": "pywry_auth.testing.keyrings",
        "Edit": "pywry_auth.testing.edits",
        "Effect": "pywry_auth.testing.effect",
        "Fault": "pywry_auth.testing.faults",
        "ForgetfulKeyring": "pywry_auth.testing.keyrings",
        "FromNow": "pywry_auth.testing.edits",
        "HeadlessAgent": "pywry_auth.testing.agent",
        "HmacSecret": "pywry_auth.testing.conduct",
        "IdentityProvider": "pywry_auth.testing.identity_provider",
        "KeyPlan": "pywry_auth.testing.conduct",
        "Listed": "pywry_auth.testing.edits",
        "LockedKeyring": "pywry_auth.testing.keyrings",
        "MemoryKeyring": "pywry_auth.testing.keyrings",
        "MissingKeyring": "pywry_auth.testing.keyrings",
        "Nonces": "pywry_auth.testing.demands",
        "Page": "pywry_auth.testing.agent",
        "Person": "pywry_auth.testing.conduct",
        "ProgrammableProvider": "pywry_auth.testing.provider",
        "Proofs": "pywry_auth.testing.demands",
        "Pushing": "pywry_auth.testing.demands",
        "Put": "pywry_auth.testing.edits",
        "RefreshPolicy": "pywry_auth.testing.conduct",
        "Registration": "pywry_auth.testing.conduct",
        "Reply": "pywry_auth.testing.conduct",
        "Rotation": "pywry_auth.testing.conduct",
        "SeenRequest": "pywry_auth.testing.seen",
        "SignedIn": "pywry_auth.testing.signed_in",
        "Signing": "pywry_auth.testing.conduct",
        "SlowKeyring": "pywry_auth.testing.keyrings",
        "SwapCase": "pywry_auth.testing.edits",
        "Tamper": "pywry_auth.testing.conduct",
        "TinyKeyring": "pywry_auth.testing.keyrings",
        "Trick": "pywry_auth.testing.tricks",
        "USUAL": "pywry_auth.testing.conduct",
        "UnansweredKeyring": "pywry_auth.testing.keyrings",
        "VirtualClock": "pywry_auth.testing.clock",
        "client_key_pem": "pywry_auth.testing.assertion",
        "driving": "pywry_auth.testing.virtual_loop",
        "fault_table": "pywry_auth.testing.faults",
        "installed": "pywry_auth.testing.keyrings",
        "sign_in": "pywry_auth.testing.signed_in",
    },
)
