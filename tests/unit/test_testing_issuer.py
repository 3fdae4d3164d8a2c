"""An issuer made of parts, each of which can take a hand in every answer."""

from dataclasses import replace

from pywry_auth.testing import Conduct, RefreshPolicy, Reply, SeenRequest, VirtualClock
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.issuer import Issuer
from pywry_auth.testing.minting import first_tokens
from pywry_auth.testing.part import GrantType, Memory, Part, json_reply
from pywry_auth.testing.parts import PARTS


URL = "http://127.0.0.1:1/mine"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def made(part: Part, conduct: Conduct | None = None) -> Issuer:
    return Issuer(URL, conduct or Conduct(), VirtualClock(), (*PARTS, part))


def asked(endpoint: str, path: str = "", **form: str) -> SeenRequest:
    return SeenRequest(endpoint, "POST", (), tuple(form.items()), FORM, path)


def renewal(token: str) -> SeenRequest:
    return asked("token", client_id="rp-client", grant_type="refresh_token", refresh_token=token)


def granted(issuer: Issuer) -> Grant:
    grant = Grant(scope="openid", auth_time=issuer.memory.now, nonce="n")
    first_tokens(issuer.memory, asked("token"), grant)
    return grant


def test_what_parts_announce_is_joined() -> None:
    part = Part(
        announces=lambda _memory: {"scopes_supported": ["openid", "notes"], "own": True},
        grant_types={"urn:own": GrantType("own", lambda _memory, _seen: Reply())},
    )
    document = made(part).answer(asked("discovery")).body
    assert '"notes"' in document
    assert document.count('"openid"') == 1
    assert '"own": true' in document
    assert '"urn:own"' in document


def test_a_part_brings_endpoints_of_its_own() -> None:
    part = Part(endpoints={"own": lambda _m, seen: Reply(200, seen.path), "tree/": _tree})
    issuer = made(part)
    assert issuer.endpoint_of("own") == "own"
    assert issuer.endpoint_of("tree/a/b") == "tree/"
    assert issuer.endpoint_of("own/a") == "other:/own/a"
    assert issuer.endpoint_of("discovery") == "other:/discovery"
    assert issuer.answer(asked("tree/", "tree/a/b")).body == "under tree/a/b"
    assert issuer.answer(asked("other:/x")).status == 404


def _tree(_memory: Memory, seen: SeenRequest) -> Reply:
    return Reply(200, f"under {seen.path}")


def test_a_grant_type_has_a_name_for_the_conduct() -> None:
    part = Part(grant_types={"urn:own": GrantType("own", lambda _memory, _seen: Reply(200, "x"))})
    request = asked("token", client_id="rp-client", grant_type="urn:own")
    assert made(part).answer(request).body == "x"
    refusing = made(part, Conduct(replies={"own": Reply(503)}))
    assert refusing.answer(request).status == 503


def test_a_part_guards_tokens_and_resources() -> None:
    part = Part(
        guards_token=lambda _memory, _seen: Reply(400, "no proof"),
        guards_resource=lambda _memory, _seen, _grant: Reply(401, "no proof"),
    )
    issuer = made(part, Conduct(refresh=RefreshPolicy.ROTATE))
    grant = granted(issuer)
    spent = grant.refresh_token
    assert issuer.answer(renewal(spent)).body == "no proof"
    assert grant.refresh_token == spent
    token = next(iter(issuer.memory.access_tokens))
    userinfo = replace(asked("userinfo"), headers={"authorization": f"Bearer {token}"})
    assert issuer.answer(userinfo).body == "no proof"
    assert issuer.memory.violations == []


def test_a_part_adds_to_tokens_and_claims_and_finishes_every_reply() -> None:
    part = Part(
        token_members=lambda _memory, _seen, _grant: {"token_type": "DPoP"},
        claims=lambda _memory, _seen, grant: {"acr": grant.scope},
        finishes=lambda _memory, _seen, reply: replace(
            reply, headers={**reply.headers, "DPoP-Nonce": "fresh"}
        ),
    )
    issuer = made(part, Conduct(refresh=RefreshPolicy.ROTATE))
    grant = granted(issuer)
    reply = issuer.answer(renewal(grant.refresh_token))
    assert '"token_type": "DPoP"' in reply.body
    assert reply.headers["DPoP-Nonce"] == "fresh"
    assert issuer.answer(asked("nowhere")).headers["DPoP-Nonce"] == "fresh"


def test_a_part_may_read_the_request_from_elsewhere_or_refuse_it() -> None:
    def reads(_memory: Memory, seen: SeenRequest) -> SeenRequest | Reply:
        if "own_uri" not in seen.params:
            return json_reply({"error": "pushed only"}, 400)
        return replace(seen, query=(("scope", "openid"),))

    issuer = made(Part(reads_request=reads))
    assert issuer.answer(asked("authorize")).body == '{"error": "pushed only"}'
    assert issuer.memory.violations == []
    issuer.answer(asked("authorize", own_uri="urn:x"))
    assert "authorize: not so: response_type is code" in issuer.memory.violations
    assert "authorize: not so: scope contains openid" not in issuer.memory.violations


def test_a_part_keeps_things_in_a_drawer_of_its_own() -> None:
    class Own:
        def __init__(self) -> None:
            self.seen = 0

    memory = made(Part()).memory
    memory.drawer(Own).seen += 1
    assert memory.drawer(Own).seen == 1
    assert memory.drawer(list) == []


def test_a_fixed_reply_spends_nothing_unless_the_work_was_done() -> None:
    for worked in (False, True):
        conduct = Conduct(
            refresh=RefreshPolicy.ROTATE, first={"refresh": (Reply(503, worked=worked),)}
        )
        issuer = made(Part(), conduct)
        grant = granted(issuer)
        spent = grant.refresh_token
        assert issuer.answer(renewal(spent)).status == 503
        assert (grant.refresh_token != spent) is worked
        assert issuer.answer(renewal(grant.refresh_token)).status == 200


def test_first_replies_begin_anew_with_a_new_conduct() -> None:
    conduct = Conduct(refresh=RefreshPolicy.KEEP, first={"refresh": (Reply(500), Reply(503))})
    issuer = made(Part(), conduct)
    grant = granted(issuer)
    answers = [issuer.answer(renewal(grant.refresh_token)).status for _ in range(3)]
    assert answers == [500, 503, 200]
    issuer.program(conduct)
    assert issuer.answer(renewal(grant.refresh_token)).status == 500


def test_a_spent_token_is_good_for_the_leeway_and_no_longer() -> None:
    clock = VirtualClock()
    issuer = Issuer(URL, Conduct(refresh=RefreshPolicy.LEEWAY, leeway=30), clock)
    grant = granted(issuer)
    first = grant.refresh_token
    assert issuer.answer(renewal(first)).status == 200
    second = grant.refresh_token
    clock.advance(30)
    assert second in issuer.answer(renewal(first)).body
    clock.advance(1)
    assert issuer.answer(renewal(first)).status == 400
    assert issuer.answer(renewal(second)).status == 200
    assert issuer.memory.violations == ["refresh: a spent refresh token was sent again"]


def test_every_reply_tells_the_issuers_own_time() -> None:
    issuer = made(Part(), Conduct(skew=-3600))
    assert issuer.answer(asked("nowhere")).headers["Date"] == "Fri, 15 Jan 2027 07:00:00 GMT"
