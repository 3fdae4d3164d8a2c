"""Rows of a sign-in that asks for more: what must prove it (OIDC Core 3.1.2.1, RFC 9470)."""

import base64
import json

from pywry_auth.errors import AuthError, StepUpError, TokenError
from pywry_auth.flow.values import SignInOptions
from pywry_auth.testing.answers import SUBJECT
from pywry_auth.testing.conduct import Conduct
from pywry_auth.testing.edits import Append, Drop, Edit, FromNow, Put
from pywry_auth.testing.row import ConformanceRow
from pywry_auth.testing.strength import STRENGTHS


_GOLD = SignInOptions(acr_values=[STRENGTHS[1]])
_RECENT = SignInOptions(max_age=60)


def _hint(subject: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"sub": subject}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"  # of an earlier sign-in, whose signature is the provider's to judge


def _row(
    name: str, options: SignInOptions, error: type[AuthError] | None = None, **edits: Edit
) -> ConformanceRow:
    last = "userinfo" if error is None else "jwks"
    return ConformanceRow(name, Conduct(id_token=edits), error, last=last, options=options)


STEP_UP: tuple[ConformanceRow, ...] = (
    _row("own-acr-as-asked", _GOLD),
    _row("own-acr-second-choice", SignInOptions(acr_values=STRENGTHS), acr=Put(STRENGTHS[1])),
    _row("own-acr-weaker", _GOLD, StepUpError, acr=Put(STRENGTHS[0])),
    _row("own-acr-almost", _GOLD, StepUpError, acr=Append()),
    _row("own-acr-missing", _GOLD, StepUpError, acr=Drop()),
    _row("own-acr-no-text", _GOLD, StepUpError, acr=Put([STRENGTHS[1]])),
    _row(
        "own-acr-only-preferred",
        SignInOptions(acr_values=[STRENGTHS[1]], require_acr=False),
        acr=Drop(),
    ),
    _row("own-max-age-just-now", _RECENT),
    _row("own-max-age-too-old", _RECENT, TokenError, auth_time=FromNow(-3600)),
    _row("own-max-age-nobody-says", _RECENT, TokenError, auth_time=Drop()),
    _row("own-max-age-in-quotes", _RECENT, TokenError, auth_time=Put("now")),
    _row("own-id-token-hint-same", SignInOptions(id_token_hint=_hint(SUBJECT))),
    _row("own-id-token-hint-other", SignInOptions(id_token_hint=_hint("somebody")), StepUpError),
    ConformanceRow(
        "own-scope-denied",
        Conduct(token={"scope": Put("openid")}),
        options=SignInOptions(scopes=["openid", "mail"]),
    ),
)
