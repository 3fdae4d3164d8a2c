"""The protocol has no clock, no network, no log and no randomness but ``secrets``."""

import ast

from house.source import imports, modules


FORBIDDEN = {"asyncio", "httpx", "logging", "os", "random", "socket", "threading", "time"}


def impurities(name, tree):
    return [
        f"{name}:{line} imports {found}"
        for found, line in imports(tree)
        if found.split(".")[0] in FORBIDDEN
    ]


def test_the_protocol_is_pure():
    found = []
    for module in modules():
        if module.name.startswith("pywry_auth.protocol"):
            found += impurities(module.where, module.tree)
    assert found == []


def test_an_impurity_is_seen():
    assert impurities("x", ast.parse("import time"))
    assert impurities("x", ast.parse("def f():\n    from os import urandom"))
