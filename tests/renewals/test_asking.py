"""How many questions somebody may send in a day: each is a mail to whoever looks after them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from renewals.errors import NotNow
from renewals.person import Person
from renewals.renewal import QUESTIONS_A_DAY, Renewal
from tests.money.parties import RUTH
from tests.world import World

AT = datetime(2026, 8, 5, 9, tzinfo=UTC)


def test_somebody_who_has_asked_twenty_times_asks_the_rest_tomorrow_and_a_colleague_today(standing: World) -> None:
    with standing.writing() as session:
        renewal = Renewal.find(session, standing.renewal("cedar-dental"))
        ruth = session.scalars(select(Person).where(Person.email == RUTH)).one()
        leo = session.scalars(select(Person).where(Person.email == "leo@cedar-dental.example")).one()
        for number in range(QUESTIONS_A_DAY):
            renewal.ask("question", f"And what of {number}?", by=ruth, at=AT)

        with pytest.raises(NotNow, match="You have asked 20 times since yesterday"):
            renewal.ask("question", "And this?", by=ruth, at=AT)

        renewal.ask("question", "And I?", by=leo, at=AT)
        renewal.ask("question", "And this?", by=ruth, at=AT + timedelta(days=1))
