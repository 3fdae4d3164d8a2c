"""What a working session is to resolve; the numbers are those of the acceptance list 4A."""

import pytest

from pywry_auth.errors import ConfigError, ProviderNotFoundError
from pywry_auth.integrations.auth_provider_key import AuthProviderKey
from pywry_auth.integrations.working.session_plan import Asked, Offer, Planned, plan_session


GOOGLE = ("gmail", "google_calendar", "google_docs", "google_drive", "google_sheets")
OFFERS = (
    Offer("github", ("github",), explicit=False),
    Offer("google", GOOGLE, explicit=True),
    Offer("slack", ("slack",), explicit=False),
)


class Replacing:
    """An override that takes the place of the settings."""


def plan(offers=OFFERS, *, unbound=(), **asked):
    return plan_session(
        offers,
        Asked(**asked),
        unbound=unbound,
        replaces=lambda _target, override: isinstance(override, Replacing),
    )


def targets(plan):
    return [each.target for each in plan.bindings]


def test_4a_41_an_auth_provider_stands_for_all_its_targets_and_a_target_for_itself():
    assert targets(plan(providers=["google"])) == list(GOOGLE)
    assert targets(plan(providers=["gmail"])) == ["gmail"]
    assert targets(plan(providers=["gmail", "google"])) == list(GOOGLE)
    assert {each.provider for each in plan(providers=["google"]).bindings} == {"google"}


@pytest.mark.parametrize("name", ["GitHub", " github ", AuthProviderKey.GITHUB, "Git-Hub"])
def test_4a_42_every_spelling_selects_the_same_binding(name):
    assert targets(plan(providers=[name])) == ["github"]


@pytest.mark.parametrize(
    "name", ["google-drive", "Google Drive", "google.drive", "gdrive", AuthProviderKey.GOOGLE_DRIVE]
)
def test_4a_42_in_given_credentials_and_overrides_too(name):
    made = plan(providers=["google_drive"], with_credentials={name: {}}, overrides={name: {}})
    assert made.bindings == (Planned("google_drive", "google", {}),)
    assert made.overrides == {"google_drive": ({},)}


def test_one_name_may_stand_alone():
    assert targets(plan(providers="github")) == ["github"]


def test_4a_43_an_unknown_name_is_refused_wherever_it_stands():
    for argument in ("with_credentials", "overrides"):
        with pytest.raises(ProviderNotFoundError, match="'githb'") as caught:
            plan(**{argument: {"githb": {}}})
        assert caught.value.hint == "did you mean github?"
    with pytest.raises(ProviderNotFoundError) as caught:
        plan(providers=["gogle_drive"])
    assert "google_drive" in caught.value.hint
    assert isinstance(caught.value, KeyError)


def test_a_name_that_is_none_is_refused():
    with pytest.raises(TypeError):
        plan(providers=[7])
    with pytest.raises(ProviderNotFoundError):
        plan(providers=["  "])
    with pytest.raises(TypeError, match="overrides"):
        plan(overrides=["github"])
    with pytest.raises(TypeError, match="with_credentials"):
        plan(with_credentials="github")


def test_4a_44_an_empty_filter_binds_nothing():
    made = plan(providers=[])
    assert (made.bindings, made.bare, made.limited) == ((), (), True)


def test_without_a_filter_everything_is_tried_and_only_what_nobody_named_may_be_left_out():
    made = plan()
    assert targets(made) == ["github", *GOOGLE, "slack"]
    assert {each.target for each in made.bindings if each.optional} == {"github", "slack"}
    assert not made.limited


def test_what_a_filter_names_must_be_there():
    assert [each.optional for each in plan(providers=["github"]).bindings] == [False]


def test_who_was_given_credentials_must_be_there():
    made = plan(with_credentials={"github": {"access_token": "t"}})
    assert [each.optional for each in made.bindings if each.target == "github"] == [False]
    assert [each.optional for each in made.bindings if each.target == "slack"] == [True]


def test_credentials_for_one_target_go_before_those_for_its_auth_provider():
    made = plan(providers=["google"], with_credentials={"google": "all", "Google Docs": "one"})
    given = {each.target: each.given for each in made.bindings}
    assert given == dict.fromkeys(GOOGLE, "all") | {"google_docs": "one"}


def test_credentials_that_are_none_are_none():
    assert plan(with_credentials={"slack": None}) == plan()


def test_credentials_and_overrides_for_what_the_filter_leaves_out_are_refused():
    for argument in ("with_credentials", "overrides"):
        for name in ("slack", "google_docs"):
            with pytest.raises(ConfigError, match=name):
                plan(providers=["gmail"], **{argument: {name: {}}})
    plan(providers=["gmail"], with_credentials={"google": {}}, overrides={"google": {}})


def test_overrides_for_an_auth_provider_lie_below_those_for_a_target():
    made = plan(overrides={"gmail": {"timeout": 1}, "google": {"timeout": 2}})
    assert made.overrides == dict.fromkeys(GOOGLE, ({"timeout": 2},)) | {
        "gmail": ({"timeout": 2}, {"timeout": 1})
    }


def test_no_binding_runs_for_what_is_replaced():
    made = plan(providers=["github", "slack"], overrides={"slack": Replacing()})
    assert targets(made) == ["github"]
    assert made.bare == ("slack",)


def test_a_target_without_an_auth_provider_may_be_held_too():
    made = plan(unbound={"jira"}, providers=["jira", "github"])
    assert (targets(made), made.bare) == (["github"], ("jira",))
    assert plan(unbound={"jira"}).bare == ()
    assert plan(unbound={"jira"}, overrides={"jira": {}}).bare == ("jira",)
    with pytest.raises(ConfigError, match="jira"):
        plan(unbound={"jira"}, with_credentials={"jira": {}})
    with pytest.raises(ConfigError, match="jira"):
        plan(unbound={"jira"}, providers=["github"], overrides={"jira": {}})


def test_of_two_with_the_same_target_the_named_one_wins():
    acme = Offer("acme", ("github",), explicit=False)
    offers = (acme, *OFFERS)
    assert plan(offers).bindings[0].provider == "github"
    assert plan(offers, providers=["acme"]).bindings[0].provider == "acme"
    assert plan(offers, with_credentials={"acme": {}}).bindings[0].provider == "acme"
    explicit = (Offer("acme", ("github",), explicit=True), *OFFERS)
    assert plan(explicit).bindings[0].provider == "acme"
    others = (Offer("one", ("jira",), explicit=True), Offer("two", ("jira",), explicit=True))
    assert plan(others).bindings[0].provider == "two"


def test_an_auth_provider_without_bindings_cannot_be_asked_for():
    with pytest.raises(ConfigError, match="acme has no binding") as caught:
        plan((Offer("acme", (), explicit=True),), providers=["acme"])
    assert "register_binding" in caught.value.hint


def test_given_credentials_do_not_show():
    made = plan(with_credentials={"github": {"access_token": "top"}}, overrides={"slack": "top"})
    assert "top" not in repr(made)
