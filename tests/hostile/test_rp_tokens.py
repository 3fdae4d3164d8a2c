"""Stricter ID tokens, odd answers of the token endpoint, userinfo in all its forms."""

from collections.abc import Callable

import pytest

from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.row import ConformanceRow


@pytest.mark.parametrize("row", SECTIONS["strict_id_token"], ids=lambda row: row.name)
def test_strict_id_token(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)


@pytest.mark.parametrize("row", SECTIONS["token_answer"], ids=lambda row: row.name)
def test_token_answer(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)


@pytest.mark.parametrize("row", SECTIONS["userinfo"], ids=lambda row: row.name)
def test_userinfo(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)
