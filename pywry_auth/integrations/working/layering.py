"""What lies over the settings that a session binds."""

from collections.abc import Iterable

from pywry_auth.integrations.credentials.from_environment import Surroundings
from pywry_auth.integrations.misspelt import note_misspelt
from pywry_auth.integrations.overrides import override_of, replaces, require_applicable
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.settings import ProviderSettings, merged
from pywry_auth.integrations.target_registry import get_provider, target_names
from pywry_auth.json_value import is_mapping


#: what a container makes a target of
Config = ProviderSettings | Target


def is_replacing(target: str, layer: object) -> bool:
    """
    Say whether nothing stays of the settings that *layer* is laid over.

    Raises:
        TypeError: it is no override, or one that cannot be merged and was to be.
    """
    override = override_of(layer, None)
    require_applicable(target, override)
    return replaces(override)


def laid_over(target: str, bound: ProviderSettings | None, layers: Iterable[object]) -> Config:
    """
    Lay *layers* over what is *bound*, one after the other.

    Raises:
        ValidationError: the settings are not allowed; the values are not shown.
    """
    found: Config = _settings_class(target)() if bound is None else bound
    for layer in layers:
        found = _over(target, found, layer)
    return found


def from_surroundings(target: str) -> ProviderSettings:
    """
    Give what the environment says of a *target* that nobody has a token for.

    Raises:
        ValidationError: it does not fit; the values are not shown.
    """
    return _settings_class(target).model_validate(Surroundings.seen().gaps(target))


def _over(target: str, below: Config, layer: object) -> Config:
    override = override_of(layer, None)
    config = override.config
    if isinstance(config, ProviderSettings | Target):
        return config
    changes = dict(config) if is_mapping(config) else {}
    over = _laid(target, below, changes, replacing=replaces(override))
    note_misspelt(target, changes, _settings_class(target))
    return over


def _laid(target: str, below: Config, changes: dict[str, object], *, replacing: bool) -> Config:
    if replacing:
        return _settings_class(target).model_validate(changes)
    if isinstance(below, Target):
        return below.over(merged(below.settings, changes))
    return merged(below, changes)


def _settings_class(target: str) -> type[ProviderSettings]:
    return get_provider(target).settings_class if target in target_names() else ProviderSettings
