"""The code flow with a provider that lies in its ID token (Basic RP profile)."""

from collections.abc import Callable

import pytest

from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.row import ConformanceRow


@pytest.mark.parametrize("row", SECTIONS["basic"], ids=lambda row: row.name)
def test_basic(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)
