"""Which Redis server is asked, when servers point elsewhere, disagree or are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import ConfigError, StoreError, StoreUnavailableError
from pywry_auth.token_store import RedisTokenStore
from pywry_auth.token_store.redis_place import Node, RedisPlace
from pywry_auth.token_store.redis_routes import (
    Ask,
    Moved,
    Unsettled,
    ask_master,
    routes_of,
    unavailable,
)
from pywry_auth.token_store.redis_slots import SLOTS, SlotMap, slot_of
from pywry_auth.token_store.redis_work import RedisWork


A, B, C = (Node(host, 7000) for host in "abc")
GET = ("GET", b"name")
DOWN = Unsettled(unavailable("down"))
MASTER = [b"a", b"7000"]
SPLIT = [[0, 8191, [b"a", 7000, b"id"], [b"x", 7000, b"id"]], [8192, 16383, [b"b", 7000, b"id"]]]


def play(steps, answer):
    """Drive *steps* with *answer*, and give the nodes that were asked with what came out."""
    asked = []
    try:
        step = next(steps)
        while True:
            asked.append((step.node.host, *(word for word, *_ in step.commands)))
            reply = answer(step)
            step = steps.throw(reply) if isinstance(reply, Exception) else steps.send(reply)
    except StopIteration as end:
        return asked, end.value
    except StoreError as exc:
        return asked, exc


def watched():
    return routes_of(RedisPlace.of("redis+sentinel://s1,s2,s3/master"))


def sharded():
    return routes_of(RedisPlace.of("redis+cluster://a:7000,b:7000"))


@given(st.binary(max_size=40))
def test_slots_are_those_of_redis(name):
    from redis.crc import key_slot

    assert slot_of(name) == key_slot(name)


@given(st.lists(st.sampled_from([b"{", b"}", b"a", b"bc"]), max_size=8))
def test_slots_of_names_with_braces_are_those_of_redis(parts):
    from redis.crc import key_slot

    assert slot_of(b"".join(parts)) == key_slot(b"".join(parts))


def test_the_next_sentinel_is_asked_where_one_is_gone():
    def answer(step):
        if step.node.watches:
            return DOWN if step.node.host == "s1" else [MASTER]
        return [b"found"]

    asked, found = play(ask_master(watched(), b"name", GET), answer)
    assert asked == [("s1", "SENTINEL"), ("s2", "SENTINEL"), ("a", "GET")]
    assert found == [b"found"]


def test_after_a_fail_over_another_sentinel_says_who_is_master():
    def answer(step):
        if step.node.watches:
            # the first one is cut off with the old master
            return [[b"old", b"1"]] if step.node.host == "s1" else [MASTER]
        return DOWN if step.node.host == "old" else [b"found"]

    routes = watched()
    asked, found = play(ask_master(routes, b"name", GET), answer)
    assert [host for host, _ in asked] == ["s1", "old", "s2", "a"]
    assert found == [b"found"]
    assert play(ask_master(routes, b"name", GET), answer)[0] == [("a", "GET")]


def test_without_a_master_the_call_ends_after_two_tries():
    asked, error = play(
        ask_master(watched(), b"name", GET), lambda step: [MASTER] if step.node.watches else DOWN
    )
    assert [host for host, _ in asked] == ["s1", "a", "s2", "a"]
    assert isinstance(error, StoreUnavailableError)
    assert error.retryable


@pytest.mark.parametrize("reply", [None, [], [b"a"], [b"a", b"x"], b"a", [None, None], 5])
def test_a_service_that_no_sentinel_knows_is_no_outage(reply):
    asked, error = play(ask_master(watched(), b"name", GET), lambda _: [reply])
    assert [host for host, _ in asked] == ["s1", "s2", "s3"]
    assert type(error) is StoreError


def test_without_any_sentinel_the_store_is_unavailable():
    asked, error = play(ask_master(watched(), b"name", GET), lambda _: DOWN)
    assert len(asked) == 6
    assert isinstance(error, StoreUnavailableError)


def test_a_cluster_is_asked_once_who_has_what():
    routes = sharded()

    def answer(step):
        return [SPLIT] if step.commands[0][0] == "CLUSTER" else [step.node.host]

    for name in (b"name", b"other", b"pywry"):
        owner = "a" if slot_of(name) < 8192 else "b"
        assert play(ask_master(routes, name, GET), answer)[1] == [owner]
    assert play(ask_master(routes, b"name", GET), answer)[0] == [
        ("a" if slot_of(b"name") < 8192 else "b", "GET")
    ]


def test_a_move_for_good_is_followed_and_the_map_is_read_anew():
    def answer(step):
        if step.commands[0][0] == "CLUSTER":
            return [SPLIT]
        return [b"found"] if step.node.host == "c" else Moved("c", 7000, for_good=True)

    routes = sharded()
    asked, found = play(ask_master(routes, b"name", GET), answer)
    assert asked[-1] == ("c", "GET")
    assert found == [b"found"]
    assert play(ask_master(routes, b"name", GET), answer)[0][0][1] == "CLUSTER"


def test_a_move_for_once_is_followed_with_asking_and_forgotten():
    def answer(step):
        if step.commands[0][0] == "CLUSTER":
            return [SPLIT]
        if step.node.host == "c":
            return [True, b"found"]
        return Moved("c", 7000, for_good=False)

    routes = sharded()
    asked, found = play(ask_master(routes, b"name", GET), answer)
    assert asked[-1] == ("c", "ASKING", "GET")
    assert found == [b"found"]
    assert [host for host, *_ in play(ask_master(routes, b"name", GET), answer)[0]][-1] == "c"
    assert "CLUSTER" not in [one[1] for one in play(ask_master(routes, b"name", GET), answer)[0]]


def test_servers_that_point_at_each_other_are_left_after_a_few_steps():
    def answer(step):
        if step.commands[0][0] == "CLUSTER":
            return [SPLIT]
        return Moved("b" if step.node.host == "a" else "a", 7000, for_good=True)

    asked, error = play(ask_master(sharded(), b"name", GET), answer)
    assert isinstance(error, StoreUnavailableError)
    assert len(asked) == 12


def test_a_move_without_a_host_means_the_server_that_said_so():
    def answer(step):
        if step.commands[0][0] == "CLUSTER":
            return [SPLIT]
        return [b"found"] if step.node.port == 7001 else Moved("", 7001, for_good=True)

    assert play(ask_master(sharded(), b"name", GET), answer)[1] == [b"found"]


@pytest.mark.parametrize("missing", [0, 1])
def test_a_cluster_that_lacks_slots_gives_no_listing(missing):
    partial = [one for number, one in enumerate(SPLIT) if number != missing]
    work = RedisWork(sharded(), "pywry", 1)
    asked, error = play(work.keys(), lambda _: [partial])
    assert isinstance(error, StoreUnavailableError)
    assert {command for _, command in asked} == {"CLUSTER"}


def test_a_record_whose_slot_nobody_has_is_unavailable():
    name = next(name for name in (b"a", b"b", b"c", b"d") if slot_of(name) >= 8192)
    error = play(ask_master(sharded(), name, GET), lambda _: [SPLIT[:1]])[1]
    assert isinstance(error, StoreUnavailableError)


words = st.one_of(
    st.none(), st.integers(-5, 20000), st.binary(max_size=6), st.text(max_size=6), st.booleans()
)
replies = st.recursive(words, lambda inner: st.lists(inner, max_size=5), max_leaves=20)


@given(replies)
def test_a_map_of_any_shape_is_read_or_left(reply):
    found = SlotMap.read(reply, A)
    for slot in (0, 5, SLOTS - 1):
        owner = found.owner(slot)
        assert owner is None or owner in found.nodes


def test_servers_without_a_name_are_the_one_that_was_asked():
    for host in (b"", None, b"?"):
        assert SlotMap.read([[0, 5, [host, 7001]]], A).owner(3) == Node("a", 7001)


def test_a_listing_that_loses_its_server_is_refused_and_not_cut_short():
    def answer(step):
        if step.commands[0][0] == "CLUSTER":
            return [SPLIT]
        return [[b"0", [b"pywry:oauth:tokens:x"]]] if step.node == A else DOWN

    work = RedisWork(sharded(), "pywry", 1)
    assert isinstance(play(work.keys(), answer)[1], StoreUnavailableError)
    assert (
        play(work.keys(), lambda step: [SPLIT] if "CLUSTER" in step.commands[0] else [[0, []]])[1]
        == []
    )


def test_a_command_never_shows_what_it_holds():
    assert "canary" not in repr(Ask(A, (("SET", b"n", "canary"),)))


@pytest.mark.parametrize(
    ("url", "node", "expected"),
    [
        (
            "redis+sentinel://app:p%40w@h:1,[::1]/m/3?sentinel_username=u&socket_timeout=2",
            Node("10.0.0.1", 6379),
            "redis://app:p%40w@10.0.0.1:6379/3?socket_timeout=2",
        ),
        (
            "rediss+sentinel://app:pw@h/m/3?sentinel_password=s%20p&ssl_ca_certs=/ca",
            Node("h", 26379, watches=True),
            "rediss://h:26379/?ssl_ca_certs=%2Fca&password=s+p",
        ),
        ("rediss+cluster://:pw@h", Node("::1", 6379), "rediss://:pw@[::1]:6379/0?"),
        ("redis://u:p@h/0?x=1", Node("", 0), "redis://u:p@h/0?x=1"),
    ],
)
def test_each_server_gets_the_user_and_the_options_that_are_meant_for_it(url, node, expected):
    place = RedisPlace.of(url)
    assert place.url_of(node) == expected
    assert "pw" not in repr(place) + place.name
    assert "s%20p" not in repr(place) + place.name


def test_sentinels_never_see_the_password_of_the_records():
    place = RedisPlace.of("redis+sentinel://app:canary@s1,s2/m")
    assert all("canary" not in place.url_of(node) for node in place.nodes)


def test_two_spellings_of_one_place_share_their_locks():
    one = RedisTokenStore("redis+sentinel://u:p@a,b:5,A/m")
    two = RedisTokenStore("redis+sentinel://b:5,a:26379/m/0?socket_timeout=3")
    assert one.identity == two.identity
    others = [
        RedisTokenStore(f"redis+{rest}", "p")
        for rest in ("sentinel://a/m", "sentinel://a/m/1", "sentinel://a/n", "cluster://a:26379")
    ]
    assert len({other.identity for other in others} | {one.identity}) == 5


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://u:canary@h",
        "redis+sentinel://u:canary@h/",
        "redis+sentinel://u:canary@h/m/x",
        "redis+sentinel://u:canary@h/m/0/1",
        "redis+sentinel://u:canary@h:x/m",
        "redis+sentinel://u:canary@/m",
        "redis+sentinel://u:canary@h,,i/m",
        "redis+cluster://u:canary@h/1",
        "redis+cluster://u:canary@h:99999",
        "redis+unix://u:canary@h",
        "unix+cluster://u:canary@h",
        "redis+other://u:canary@h",
    ],
)
def test_a_place_that_cannot_be_read_is_refused_without_its_password(url):
    with pytest.raises(ConfigError) as caught:
        RedisTokenStore(url)
    assert "canary" not in str(caught.value) + repr(vars(caught.value))


def test_fewer_than_no_replicas_are_refused():
    with pytest.raises(ConfigError, match="fewer"):
        RedisTokenStore(min_replicas=-1)
