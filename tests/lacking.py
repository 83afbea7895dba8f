"""What a test needs of the machine and cannot bring itself: a browser, a registry, the built editor."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

REQUIRE_ALL = "TREADLE_TEST_REQUIRE_ALL"
"""Set where everything has to be there (`.ci/run` does): what was not run there was not tested."""


def skip_for_lack(reason: str) -> NoReturn:
    """Skip the test on somebody's own machine, and fail it where everything is required."""
    if os.environ.get(REQUIRE_ALL):
        pytest.fail(f"{reason}; {REQUIRE_ALL} is set", pytrace=False)
    pytest.skip(reason)
