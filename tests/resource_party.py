"""An application with a session, and a resource that may want a stronger sign-in."""

import asyncio
from contextlib import contextmanager

from pywry_auth import AuthFlowManager, GenericOIDCProvider, SessionManager
from pywry_auth.protocol.step_up import claims_of
from pywry_auth.testing import CORRECT, HeadlessAgent, ProgrammableProvider
from pywry_auth.token_store import MemoryTokenStore
from tests.resource_kit import Given, Resource


class Application:
    """Holds a session, a way to sign in, and the resource it is for."""

    def __init__(self, op):
        self.provider = GenericOIDCProvider(CORRECT.client.client_id, issuer_url=op.add("mine"))
        self.session = SessionManager(self.provider, MemoryTokenStore())
        self.flow = AuthFlowManager(self.provider, session_manager=self.session)
        self.agents = []
        self.needed = None  # the acr that the resource wants
        self.api = Resource(self.answer)
        self.run_native()

    def run_native(self, *, options=None):
        """Sign in; a person without a window does it."""
        agent = HeadlessAgent()
        self.agents.append(agent)
        self.flow.run_native(agent.show_window, agent.close_window, options=options)
        agent.join()

    def answer(self, asked):
        tokens = self.session.tokens
        if asked.authorization != f"Bearer {tokens.access_token}":
            return Given(401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if self.needed not in {None, claims_of(tokens.id_token).get("acr")}:
            words = f'error="insufficient_user_authentication", acr_values="{self.needed}"'
            return Given(401, {"WWW-Authenticate": f"Bearer {words}"})
        return Given(200, {"Content-Type": "application/json"}, b'{"name": "Alice"}')


@contextmanager
def started():
    with ProgrammableProvider() as op:
        application = Application(op)
        with application.api:
            yield application
        asyncio.run(application.provider.close())
        assert op.violations("mine") == []
