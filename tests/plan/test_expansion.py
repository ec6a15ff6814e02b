"""Expansion: what the data says of it, and what follows by the playbook's rule."""

import pytest

from renewals.health import Health
from renewals.plan.expansion import assessment


@pytest.mark.parametrize(
    ("health", "seats", "used", "before", "warned", "verdict"),
    [
        (Health.GREEN, 100, 80, 60, False, "bundle"),
        (Health.GREEN, 100, 92, None, False, "bundle"),
        (Health.GREEN, 100, 80, 60, True, "parallel"),
        (Health.YELLOW, 100, 95, 90, False, "parallel"),
        (Health.UNKNOWN, 100, 95, 90, False, "parallel"),
        (Health.RED, 100, 95, 60, False, "separate"),
        (Health.GREEN, 100, 50, 50, False, None),
        (Health.GREEN, None, None, None, False, None),
    ],
)
def test_the_verdict_follows_from_health_and_use(
    health: Health, seats: int | None, used: int | None, before: int | None, warned: bool, verdict: str | None
) -> None:
    assert assessment(health, seats, used, before, is_warned=warned).get("decision") == verdict


def test_what_nobody_knows_is_unknown_and_speaks_for_nothing() -> None:
    said = assessment(Health.UNKNOWN, None, None, None, is_warned=False)

    assert set(said.values()) == {"unknown"} and len(said) == 6
