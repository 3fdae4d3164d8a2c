"""Whoever can mend a mistake is told how."""

import ast

from house.source import modules


PARTS = ("pywry_auth.integrations",)
MENDED = {"CallbackError", "ConfigError", "CredentialMissingError", "ProviderNotFoundError"}


def mistakes():
    """Give every error that a program, or its configuration, can mend."""
    ours = [one for one in modules() if one.name.startswith(PARTS)]
    return {
        f"{module.where}:{node.lineno}": node
        for module in ours
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MENDED
    }


def test_whoever_can_mend_something_is_told_how():
    found = mistakes()
    assert len(found) > 40
    mute = [
        where
        for where, call in found.items()
        if "hint" not in {keyword.arg for keyword in call.keywords}
    ]
    assert mute == []
