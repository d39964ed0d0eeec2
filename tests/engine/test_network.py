"""What is said of servers that are busy is fit to be read."""

from __future__ import annotations

import pytest

from engine.network import when_again


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "later"),
        (0.0, "later"),
        (0.2, "in 1 second"),
        (1.0, "in 1 second"),
        (40.0, "in 40 seconds"),
        (290.0, "in 5 minutes"),
        (7200.0, "in 2 hours"),
        (86_400.0, "in 24 hours"),
        (251_606_848_261.0, "later"),
    ],
)
def test_a_wait_is_told_as_people_tell_it(seconds: float | None, said: str) -> None:
    assert when_again(seconds) == said
