"""What one working session is to resolve, decided before anything is read."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pywry_auth.errors import ConfigError, ProviderNotFoundError
from pywry_auth.integrations.auth_provider_key import normalised
from pywry_auth.json_value import is_mapping


@dataclass(frozen=True, slots=True)
class Offer:
    """
    What an auth provider unlocks.

    Attributes:
        provider: its name.
        targets: the keys of its bindings.
        explicit: whether the program named it; otherwise it was found in the environment.
    """

    provider: str
    targets: tuple[str, ...]
    explicit: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a program asks of one session, as it spelled it.

    Attributes:
        providers: names of targets or auth providers; None is all there are.
        with_credentials: name -> credentials to use in place of stored ones.
        overrides: name -> what is laid over the settings.
    """

    providers: Iterable[str] | str | None = None
    with_credentials: Mapping[str, object] | None = field(default=None, repr=False)
    overrides: Mapping[str, object] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Planned:
    """
    One binding to run.

    Attributes:
        target: what the settings are for.
        provider: whose binding, whose stored credentials.
        given: credentials that were handed in, not yet read; None asks the store.
        optional: whether the target is left out when nothing at all gives credentials.
    """

    target: str
    provider: str
    given: object | None = field(default=None, repr=False)
    optional: bool = False


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """
    Everything a session will do.

    Attributes:
        bindings: those to run, each for another target.
        bare: targets that the container holds though no binding runs for them.
        overrides: target -> what is laid over its settings, one after the other.
        limited: whether the container holds nothing else, whatever the environment holds.
    """

    bindings: tuple[Planned, ...]
    bare: tuple[str, ...] = ()
    overrides: Mapping[str, tuple[object, ...]] = field(
        default_factory=dict[str, tuple[object, ...]], repr=False
    )
    limited: bool = False


def plan_session(
    offers: Sequence[Offer],
    asked: Asked,
    *,
    unbound: Collection[str] = (),
    replaces: Callable[[str, object], bool],
) -> SessionPlan:
    """
    Say which bindings run, with which credentials, under which overrides.

    Args:
        offers: every auth provider there is; of two with the same target the one that was named
            wins, then an explicit one, then one of the target's own name, then the last.
        asked: what the program wants.
        unbound: further targets, which no auth provider unlocks.
        replaces: whether what is laid over a target takes the place of its settings, so that no
            binding need run; raises ``TypeError`` for what is no override.

    Raises:
        ProviderNotFoundError: a name is known nowhere.
        ConfigError: something was given for what the filter leaves out.
        TypeError: a name is no string, there are no names at all, or an override is none.
    """
    names = _Names(offers, unbound)
    given = _by_name(asked.with_credentials, "with_credentials", names)
    overrides = _by_name(asked.overrides, "overrides", names)
    chosen, bare = names.chosen(asked.providers, preferred=given)
    _refuse_unused(given, chosen)
    limited = asked.providers is not None
    held = {*chosen, *bare}
    layers = _layers(overrides, names, chosen, lambda target: target in held or not limited)
    # Every override is looked at, before anything is decided by one of them.
    verdicts = {
        target: [replaces(target, layer) for layer in stack] for target, stack in layers.items()
    }
    replaced = {target for target, said in verdicts.items() if any(said)}
    bindings = tuple(
        _planned(target, offer, given, limited=limited)
        for target, offer in chosen.items()
        if target not in replaced
    )
    rest = (*bare, *(target for target in layers if target not in chosen or target in replaced))
    return SessionPlan(bindings, tuple(dict.fromkeys(rest)), layers, limited)


def not_found(name: str, known: Iterable[str]) -> ProviderNotFoundError:
    """Give the error for a name that is not among *known*, with those that look like it."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=3, cutoff=0.6)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "list(manager) gives the names of all auth providers"
    )
    return ProviderNotFoundError(f"no provider is named {name!r}", provider=name, hint=hint)


def named_twice(where: str, name: str) -> ConfigError:
    """Give the error for two spellings of one *name*, of which one would silently be lost."""
    return ConfigError(
        f"{where} names {name} twice", hint="several spellings mean the same; keep one"
    )


class _Names:
    def __init__(self, offers: Sequence[Offer], unbound: Collection[str]) -> None:
        self._offers = {offer.provider: offer for offer in offers}
        self._by_target: dict[str, list[Offer]] = {}
        for offer in offers:
            for target in offer.targets:
                self._by_target.setdefault(target, []).append(offer)
        self._unbound = unbound

    def offer(self, name: str) -> Offer | None:
        return self._offers.get(name)

    def known(self, raw: object) -> str:
        try:
            name = normalised(raw)
        except ValueError:
            raise not_found("", ()) from None
        if name in self._offers or name in self._by_target or name in self._unbound:
            return name
        raise not_found(name, {*self._offers, *self._by_target, *self._unbound})

    def chosen(
        self, providers: Iterable[str] | str | None, preferred: Collection[str]
    ) -> tuple[dict[str, Offer], list[str]]:
        if providers is None:
            return {target: self._best(target, preferred) for target in self._by_target}, []
        chosen: dict[str, Offer] = {}
        bare: list[str] = []
        for raw in (providers,) if isinstance(providers, str) else providers:
            name = self.known(raw)
            offer = self._offers.get(name)
            if offer is not None:
                chosen |= dict.fromkeys(_targets_of(offer), offer)
            elif name in self._by_target:
                chosen.setdefault(name, self._best(name, preferred))
            else:
                bare.append(name)
        return chosen, bare

    def _best(self, target: str, preferred: Collection[str]) -> Offer:
        def rank(offer: Offer) -> tuple[bool, bool, bool]:
            return offer.provider in preferred, offer.explicit, offer.provider == target

        return max(reversed(self._by_target[target]), key=rank)


def _targets_of(offer: Offer) -> tuple[str, ...]:
    if not offer.targets:
        raise ConfigError(
            f"{offer.provider} has no binding, so a session has nothing to hold for it",
            hint="give it one with register_binding",
        )
    return offer.targets


def _by_name(given: Mapping[str, object] | None, argument: str, names: _Names) -> dict[str, object]:
    if given is None:
        return {}
    entries: object = given  # whatever a caller without a type checker wrote
    if not is_mapping(entries):
        raise TypeError(f"{argument} is a mapping of names, not {type(entries).__name__}")
    known: dict[str, object] = {}
    for raw, value in entries.items():
        name = names.known(raw)
        if name in known:
            raise named_twice(argument, name)
        known[name] = value
    return {name: value for name, value in known.items() if value is not None}


def _planned(target: str, offer: Offer, given: Mapping[str, object], *, limited: bool) -> Planned:
    # What was given for one target is meant for it more than what was given for all of them.
    credentials = given.get(target, given.get(offer.provider))
    optional = not (offer.explicit or limited or credentials is not None)
    return Planned(target, offer.provider, credentials, optional)


def _layers(
    overrides: Mapping[str, object],
    names: _Names,
    chosen: Mapping[str, Offer],
    is_held: Callable[[str], bool],
) -> dict[str, tuple[object, ...]]:
    # Those for a whole auth provider lie below those for one of its targets.
    layers: dict[str, tuple[object, ...]] = {}
    for name in sorted(overrides, key=lambda name: names.offer(name) is None):
        offer = names.offer(name)
        reached = [
            target
            for target in ((name,) if offer is None else offer.targets)
            if is_held(target) and (offer is None or chosen.get(target, offer) is offer)
        ]
        if not reached:
            raise _left_out("overrides", name)
        for target in reached:
            layers[target] = (*layers.get(target, ()), overrides[name])
    return layers


def _refuse_unused(given: Mapping[str, object], chosen: Mapping[str, Offer]) -> None:
    used = {*chosen, *(offer.provider for offer in chosen.values())}
    for name in given:
        if name not in used:
            raise _left_out("with_credentials", name)


def _left_out(argument: str, name: str) -> ConfigError:
    return ConfigError(
        f"{argument} names {name}, for which this session runs no binding",
        hint=f"add {name} to providers=, or leave it out of {argument}=",
    )
