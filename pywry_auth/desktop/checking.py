"""Looks at this machine before a window opens, so that nobody types a password for nothing."""

import logging

from pywry_auth.coach.advise import advise
from pywry_auth.coach.values import Action, Advice
from pywry_auth.desktop.manner import Manner
from pywry_auth.errors import AuthenticationError, AuthError
from pywry_auth.flow.values import CallbackOptions
from pywry_auth.preflight.run import preflight
from pywry_auth.preflight.values import Finding, Redirect
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.token_store.base import TokenStore
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import SignInWindow, WindowKind


logger = logging.getLogger(__name__)

OPERATION = "preflight"


def require_possible(
    provider: OAuthProvider,
    store: TokenStore,
    *,
    manner: Manner,
    window: SignInWindow | None,
    texts: Texts,
) -> None:
    """
    Make sure that a sign-in can succeed, as far as this machine is concerned; asks no network.

    Args:
        provider: where.
        store: where the tokens are going to be kept.
        manner: how the application signs people in.
        window: where the person is going to sign in, if that is known.
        texts: the language of the person.

    Raises:
        AuthenticationError: it cannot; says what is in the way.
    """
    callback = manner.callback or CallbackOptions()
    wanted = manner.window if isinstance(manner.window, WindowKind) else WindowKind.AUTO
    report = preflight(
        provider,
        store,
        window=wanted,
        redirect=Redirect(callback.host, callback.ports, callback.path),
        texts=texts,
    )
    # Whoever brings a window of their own knows where it can be shown.
    has_own = window is not None or (manner.window is not None and wanted is not manner.window)
    for finding in report.failed:
        if not (has_own and finding.check == "window"):
            raise _as_error(finding, provider)


def explained(error: AuthError, *, texts: Texts, issuer: str) -> Advice:
    """Say in plain words what *error* means; what the developer can do is logged as well."""
    advice = _advice_in(error) or advise(error, texts=texts, issuer=issuer)
    logger.info("desktop.sign_in_failed", extra={"code": advice.code, "fix": advice.fix})
    return advice


def _advice_in(error: AuthError) -> Advice | None:
    if not isinstance(error, AuthenticationError) or error.operation != OPERATION:
        return None
    check, sentence = error.context.get("check"), error.context.get("sentence")
    return Advice(f"{OPERATION}_{check}", str(sentence), error.hint, Action.RETRY)


def _as_error(finding: Finding, provider: OAuthProvider) -> AuthenticationError:
    return AuthenticationError(
        f"a sign-in cannot succeed here: {finding.check}",
        provider.name,
        operation=OPERATION,
        hint=finding.fix or finding.sentence,
        check=finding.check,
        sentence=finding.sentence,
    )
