"""How many colleagues somebody may bring in at once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.inviting import INVITATIONS_A_DAY, invite, remove
from renewals.person import Person
from tests.money.parties import RUTH
from tests.world import World

AT = datetime(2026, 8, 5, 9, tzinfo=UTC)


def test_a_company_that_has_invited_twenty_people_invites_the_next_one_tomorrow_whoever_asks(world: World) -> None:
    with world.writing() as session:
        ruth = session.scalars(select(Person).where(Person.email == RUTH)).one()
        other = session.scalars(select(Person).where(Person.email == "jonas@juno-studio.example")).one()
        leo = session.scalars(select(Person).where(Person.email == "leo@cedar-dental.example")).one()
        leo.roles = ["owner"]
        for number in range(INVITATIONS_A_DAY):
            invite(session, name="A", email=f"a{number}@cedar-dental.example", role="viewer", by=ruth, at=AT)

        for owner in (ruth, leo):
            with pytest.raises(NotNow, match="20 people have been invited since yesterday"):
                invite(session, name="B", email="b@cedar-dental.example", role="viewer", by=owner, at=AT)
        stranger = invite(session, name="D", email="d@juno-studio.example", role="viewer", by=other, at=AT)
        tomorrow = AT + timedelta(days=1)
        later = invite(session, name="E", email="e@cedar-dental.example", role="viewer", by=ruth, at=tomorrow)

        assert all(person.active for person in (stranger, later))


def test_nobody_is_called_by_what_a_mail_would_read_as_lines_of_its_own(world: World) -> None:
    name = "=?utf-8?q?Lumen=0D=0AReply-To=3A_a=40evil.example?="
    with world.writing() as session:
        ruth = session.scalars(select(Person).where(Person.email == RUTH)).one()

        with pytest.raises(Malformed, match="Write their name"):
            invite(session, name=name, email="a@cedar-dental.example", role="viewer", by=ruth, at=AT)


def test_somebody_who_has_left_can_not_be_removed_again(world: World) -> None:
    with world.writing() as session:
        ruth = session.scalars(select(Person).where(Person.email == RUTH)).one()
        leo = session.scalars(select(Person).where(Person.email == "leo@cedar-dental.example")).one()
        remove(session, leo, by=ruth, at=AT)

        with pytest.raises(NotNow, match="Leo Brandt has left already"):
            remove(session, leo, by=ruth, at=AT)

        session.flush()
        assert len(session.scalars(select(Event).where(Event.name == EventName.PERSON_REMOVED)).all()) == 1
