"""Checks an ID token as a sign-in does, with the keys at hand."""

import sys
import time
from pathlib import Path

from pywry_auth.protocol.id_token import IdTokenRules, verify_id_token
from pywry_auth.protocol.jwks import read_jwks
from pywry_auth.protocol.wire import WireReply


sys.path.append(str(Path(__file__).parent))

from blocks import tell_calls
from sample_id_token import CLIENT, ISSUER, LEEWAY, NONCE, sample


one = sample()
jwks = read_jwks(WireReply(200, {}, one.jwks))
rules = IdTokenRules(ISSUER, CLIENT, leeway=LEEWAY)


def check() -> dict[str, object]:
    return verify_id_token(one.id_token, jwks, rules=rules, now=time.time(), nonce=NONCE)


if check() != one.claims:
    raise SystemExit("the claims are not those that were signed")
tell_calls(check, 200)
