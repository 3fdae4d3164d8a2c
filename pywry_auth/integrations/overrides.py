"""Other settings for a while, seen only by who asked for them."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pywry_auth.integrations.misspelt import note_misspelt
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.settings import ProviderSettings, merged
from pywry_auth.json_value import is_mapping


Owner = TypeVar("Owner")


@dataclass(frozen=True, slots=True)
class Override:
    """
    What is laid over the settings of one target.

    Attributes:
        config: a mapping of fields, settings or a target.
        merge: whether fields it does not name stay as they are; None merges mappings, and lets
            settings and targets replace what is there.
    """

    config: object = field(repr=False)
    merge: bool | None = None


def provider_override(config: object, merge: bool = True) -> Override:  # noqa: FBT001, FBT002
    """
    Say for one target how its override is meant, whatever is said for all.

    Args:
        config: a mapping of fields; without *merge* also settings or a target.
        merge: whether fields that are not named stay as they are; else they fall back to their
            defaults.
    """
    return Override(config, merge)


def override_of(config: object, merge: bool | None) -> Override:  # noqa: FBT001
    """Give *config* as an override, which it may be already; then its own word counts."""
    return config if isinstance(config, Override) else Override(config, merge)


def replaces(override: Override) -> bool:
    """Say whether nothing stays of what the *override* is laid over."""
    if override.merge is None:
        return isinstance(override.config, ProviderSettings | Target)
    return not override.merge


def require_applicable(name: str, override: Override) -> None:
    """
    Make sure that *override* can be laid over anything.

    Raises:
        TypeError: it is of no kind that can; or it is whole, and was to be merged.
    """
    config = override.config
    if isinstance(config, ProviderSettings | Target):
        if override.merge:
            raise TypeError(
                f"{name}: {type(config).__name__} is whole and cannot be merged; "
                "give a mapping of the fields to change, or merge=False"
            )
    elif not is_mapping(config):
        raise TypeError(
            f"{name}: an override is a mapping, settings or a target, not {type(config).__name__}"
        )


def overridden(
    name: str,
    current: Target | None,
    override: Override,
    *,
    make: Callable[[str, object], Target],
) -> Target:
    """
    Give the target that is there while *override* lies over *current*.

    Args:
        name: of the target.
        current: what is there; None where the override adds it.
        override: what is laid over it.
        make: makes a target of that name from a mapping, settings or a target.

    Raises:
        TypeError: the override is of no kind that can be.
        ValidationError: the settings are not allowed; the values are not shown.
    """
    require_applicable(name, override)
    config = override.config
    if isinstance(config, Target):
        return config
    if current is None:
        return make(name, config)
    if isinstance(config, ProviderSettings):
        return current.over(config)
    changes = dict(config) if is_mapping(config) else {}
    if replaces(override):
        over = current.over(current.settings_class.model_validate(changes))
    else:
        over = current.over(merged(current.settings, changes))
    note_misspelt(name, changes, current.settings_class)
    return over


@dataclass(eq=False, slots=True)
class Layer:
    """
    The targets that lie over those of one container.

    Attributes:
        owner: the container.
        targets: name -> what lies there.
        is_there: False once it is lifted, for whoever may still know of it.
    """

    owner: object = field(repr=False)
    targets: Mapping[str, Target] = field(repr=False)
    is_there: bool = True


# One for all containers: what each context holds is never more than what was entered in it, or
# in the context it was copied from.
_LAYERS: ContextVar[tuple[Layer, ...]] = ContextVar("pywry_auth_overrides", default=())


def layered(owner: object) -> dict[str, Target]:
    """Give what lies over the targets of *owner* here: in this task, or this thread."""
    found: dict[str, Target] = {}
    for layer in _LAYERS.get():
        if layer.owner is owner and layer.is_there:
            found |= layer.targets
    return found


class Overrides(Generic[Owner]):
    """
    Lays targets over those of a container from ``with`` or ``async with`` to its end.

    What another task or thread does meanwhile is neither seen nor touched. A task that was
    started inside sees the overrides too, as long as they last.

    Args:
        owner: the container.
        make: gives the targets, all of them or none.
    """

    def __init__(self, owner: Owner, make: Callable[[], Mapping[str, Target]]) -> None:
        self._owner = owner
        self._make = make
        self._entered: list[Layer] = []

    def __enter__(self) -> Owner:
        layer = Layer(self._owner, self._make())
        self._entered.append(layer)
        _LAYERS.set((*_there(), layer))
        return self._owner

    def __exit__(self, *_: object) -> None:
        # Not by the token of the variable: it may be used in the context it came from only, while
        # a generator is often ended in another one, and two may end in any order.
        mine = [layer for layer in _there() if layer in self._entered] or self._entered
        layer = mine[-1]
        layer.is_there = False
        self._entered.remove(layer)
        _LAYERS.set(_there())

    async def __aenter__(self) -> Owner:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


def _there() -> tuple[Layer, ...]:
    return tuple(layer for layer in _LAYERS.get() if layer.is_there)
