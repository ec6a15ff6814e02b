"""Juno Studio alone: the days of everybody else are left out, and so are the letters that are no notice."""

import pytest
from sqlalchemy import text

from app.demo.time import FIRST_DAY
from tests.auto_renewal.juno import Juno
from tests.world import World

ALONE = text(
    "UPDATE milestone SET state = 'dropped' WHERE state = 'planned' AND "
    "(renewal_id <> :renewal OR key NOT IN ('notice', 't0', 'after', 'after3', 'after5'))"
)
NOTHING_ELSE = text("UPDATE action SET outcome = 'skipped', done_at = now() WHERE outcome = 'due' AND kind NOT IN "
                    "('legal_notice', 'close', 'retry')")
NO_LETTERS = text("UPDATE message SET state = 'dropped' WHERE state = 'planned' AND kind <> 'legal_notice'")


@pytest.fixture
def juno(world: World) -> Juno:
    """As on the first day, her notice served."""
    made = Juno(world, world.renewal("juno-studio"))
    with world.writing() as session:
        for quiet in (ALONE, NOTHING_ELSE, NO_LETTERS):
            session.execute(quiet, {"renewal": made.renewal} if quiet is ALONE else {})
    made.live(FIRST_DAY)
    return made

