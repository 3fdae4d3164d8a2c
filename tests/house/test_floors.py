"""A module imports only from lower floors, or from its own folder."""

import ast

from house.source import imports, modules


# Each floor may use those below it. On the two lowest, which are the language everybody speaks,
# as under the roof, a module may also use the ones named before it on its own floor.
FLOORS = (
    (
        "errors",
        "clock",
        "json_value",
        "pkce",
        "lazy",
        "outcome",
        "private_files",
        "tokens",
        "settings",
    ),
    ("protocol", "ui", "coach", "interrupts", "waiting", "off_loop", "runtime", "alarm", "lock"),
    ("http", "http_auth", "callback_server", "window", "token_store", "account_index"),
    ("providers",),
    ("session", "grants", "preflight", "account_store"),
    ("flow",),
    ("service",),
    ("integrations", "access", "accounts"),
    ("desktop", "deploy", "proxy", "testing", "demo"),
    ("__init__", "cli", "__main__", "deploy_routes"),
)
GROUND = 2  # floors on which the order within the floor counts
ROOF = len(FLOORS) - 1


def place(name):
    for floor, names in enumerate(FLOORS):
        if name in names:
            return floor, names.index(name)
    raise AssertionError(f"{name} stands on no floor: add it to FLOORS")


def part_of(dotted):
    """``pywry_auth.window.child`` -> ``window``; the package itself is its ``__init__``."""
    words = dotted.split(".")
    return words[1] if len(words) > 1 else "__init__"


def breach(importer, imported):
    """Why *importer* may not import *imported*, or None."""
    words = imported.split(".")
    if words[0] != "pywry_auth":
        return None
    mine = part_of(importer)
    # `from pywry_auth import X` names a public thing, which lives on the roof
    known = {name for names in FLOORS for name in names}
    theirs = words[1] if len(words) > 1 and words[1] in known else "__init__"
    if mine == theirs:
        return None
    (my_floor, my_order), (their_floor, their_order) = place(mine), place(theirs)
    if their_floor < my_floor:
        return None
    if (their_floor == my_floor < GROUND or my_floor == their_floor == ROOF) and (
        their_order < my_order
    ):
        return None
    return f"{importer} (floor {my_floor}) imports {imported} (floor {their_floor})"


def breaches(module_list):
    found = []
    for module in module_list:
        for imported, line in imports(module.tree):
            why = breach(module.name, imported)
            if why:
                found.append(f"{module.where}:{line} {why}")
    return found


def test_every_module_stands_on_a_floor():
    for module in modules():
        place(part_of(module.name))


def test_nothing_imports_upwards():
    assert breaches(modules()) == []


def test_an_upward_import_is_seen():
    planted = "def f():\n    from pywry_auth.flow.manager import AuthFlowManager\n"
    found = imports(ast.parse(planted))
    assert breach("pywry_auth.session.manager", found[0][0]) is not None
    assert breach("pywry_auth.cli.login", found[0][0]) is None


def test_a_neighbour_on_the_same_floor_is_seen():
    assert breach("pywry_auth.window.browser", "pywry_auth.token_store.base.TokenStore")
    assert breach("pywry_auth.desktop.app", "pywry_auth.demo.run") is not None
    assert breach("pywry_auth.clock", "pywry_auth.tokens.OAuthTokenSet") is not None
    assert breach("pywry_auth.tokens", "pywry_auth.errors.TokenError") is None


def test_the_roof_is_seen_from_below():
    assert breach("pywry_auth.window.child", "pywry_auth.AuthFlowManager") is not None
