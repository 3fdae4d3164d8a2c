"""Rows of tokens that are bound to a key of the client's."""

from dataclasses import replace

from pywry_auth.errors import AuthError, DiscoveryError, TokenError
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.testing.conduct import Conduct, RefreshPolicy, Reply
from pywry_auth.testing.demands import Binding, Nonces, Proofs, Pushing
from pywry_auth.testing.edits import Edit, Put
from pywry_auth.testing.row import ConformanceRow


_STRICT = Proofs(Binding.REQUIRED)
_ANNOUNCED = FeatureUse.WHEN_ANNOUNCED


def _conduct(proofs: Proofs, pushing: Pushing = Pushing.NONE) -> Conduct:
    return Conduct(proofs=proofs, pushing=pushing, refresh=RefreshPolicy.DETECT_REUSE)


def _row(
    name: str,
    proofs: Proofs = _STRICT,
    error: type[AuthError] | None = None,
    last: str = "userinfo",
    *,
    dpop: FeatureUse = _ANNOUNCED,
    pushing: Pushing = Pushing.NONE,
    says: str | None = None,
    token_calls: int = 1,
) -> ConformanceRow:
    return ConformanceRow(
        name,
        _conduct(proofs, pushing),
        error,
        last,
        says=says,
        dpop=dpop,
        token_calls=token_calls,
    )


def _nonces(nonces: Nonces, pushing: Pushing = Pushing.NONE) -> ConformanceRow:
    handed = "-par" if pushing is Pushing.REQUIRED else ""
    return _row(
        f"own-dpop-nonces-{nonces}{handed}",
        Proofs(Binding.REQUIRED, nonces=nonces),
        pushing=pushing,
    )


def _token(name: str, error: type[AuthError] | None = None, **edits: Edit) -> ConformanceRow:
    conduct = replace(_conduct(_STRICT), token=edits)
    return ConformanceRow(
        name, conduct, error, "userinfo" if error is None else "token", dpop=FeatureUse.REQUIRED
    )


DPOP: tuple[ConformanceRow, ...] = (
    _row("own-dpop-required"),
    _row("own-dpop-required-by-both", dpop=FeatureUse.REQUIRED),
    _row("own-dpop-offered", Proofs(Binding.OFFERED)),
    _row("own-dpop-not-announced", Proofs()),
    _row("own-dpop-off", Proofs(Binding.OFFERED), dpop=FeatureUse.OFF),
    *(
        _row(f"own-dpop-{alg}", Proofs(Binding.REQUIRED, (alg,)))
        for alg in ("ES256", "ES384", "ES512", "EdDSA", "PS256", "RS256")
    ),
    _row("own-dpop-no-known-alg-offered", Proofs(Binding.OFFERED, ("ES256K", "none"))),
    _row(
        "own-dpop-no-known-alg-required",
        Proofs(Binding.REQUIRED, ("ES256K", "none")),
        DiscoveryError,
        "discovery",
        dpop=FeatureUse.REQUIRED,
    ),
    *(_nonces(nonces) for nonces in (Nonces.STEADY, Nonces.TOLD, Nonces.SILENT)),
    *(_nonces(nonces, Pushing.REQUIRED) for nonces in (Nonces.STEADY, Nonces.TOLD, Nonces.SILENT)),
    _row(
        "own-dpop-nonces-endless",
        Proofs(Binding.REQUIRED, nonces=Nonces.ENDLESS),
        TokenError,
        "token",
        says="use_dpop_nonce",
        token_calls=2,
    ),
    _row(
        "own-dpop-nonces-endless-par",
        Proofs(Binding.REQUIRED, nonces=Nonces.ENDLESS),
        TokenError,
        "par",
        pushing=Pushing.REQUIRED,
        says="use_dpop_nonce",
    ),
    _row("own-dpop-downgraded", Proofs(Binding.IGNORED)),
    _row(
        "own-dpop-downgraded-though-required",
        Proofs(Binding.IGNORED),
        TokenError,
        "token",
        dpop=FeatureUse.REQUIRED,
    ),
    _token("own-dpop-token-type-in-odd-case", token_type=Put("dpOP")),
    _token("own-dpop-token-type-unknown", TokenError, token_type=Put("mac")),
    ConformanceRow(
        "own-dpop-proof-refused",
        replace(
            _conduct(_STRICT), replies={"token": Reply(400, '{"error": "invalid_dpop_proof"}')}
        ),
        TokenError,
        "token",
        says="invalid_dpop_proof",
        dpop=_ANNOUNCED,
    ),
    ConformanceRow(
        "own-dpop-nonce-demanded-without-one",
        replace(_conduct(_STRICT), replies={"token": Reply(400, '{"error": "use_dpop_nonce"}')}),
        TokenError,
        "token",
        says="use_dpop_nonce",
        dpop=_ANNOUNCED,
    ),
    ConformanceRow(
        "own-dpop-provider-s-clock-is-ahead", replace(_conduct(_STRICT), skew=420), dpop=_ANNOUNCED
    ),
    ConformanceRow(
        "own-dpop-provider-s-clock-is-behind",
        replace(_conduct(_STRICT), skew=-420),
        dpop=_ANNOUNCED,
    ),
)
