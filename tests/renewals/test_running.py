"""What the staff do with a renewal on its way: which doors a hand may open, and what the house refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pricing.money import Money
from renewals import running
from renewals.acceptance import Acceptance, AcceptanceState
from renewals.activity import Activity, ActivityKind
from renewals.errors import Malformed, NotNow, NotYours
from renewals.event import Event, EventName
from renewals.person import Person
from renewals.plan.task import Task
from renewals.renewal import Renewal, RenewalState
from tests.admin.test_task import open_task
from tests.world import World

AT = datetime(2026, 8, 5, 9, tzinfo=UTC)
TODAY = AT.date()
MAYA, INES, RAVI, FARAH, OMAR = (
    f"{name}@lumen.example" for name in ("maya", "ines", "ravi", "farah", "omar")
)
RUTH = "ruth@cedar-dental.example"


@contextmanager
def held(world: World, account: str) -> Iterator[tuple[Session, Renewal]]:
    """The renewal of a company, locked as a form of ours holds it."""
    key = world.renewal(account)
    with world.writing() as session:
        yield session, Renewal.find(session, key, lock=True)


def last(session: Session, renewal: Renewal) -> Event:
    session.flush()
    return session.scalars(select(Event).where(Event.subject_id == renewal.id).order_by(Event.seq.desc())).first()  # type: ignore[return-value]


def somebody(session: Session, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def test_a_csm_moves_a_renewal_through_the_doors_there_are(world: World) -> None:
    with held(world, "northwind-freight") as (session, renewal):
        offered = running.doors(renewal)
        running.move(renewal, RenewalState.NEGOTIATING, by=somebody(session, MAYA), at=AT)

        told = last(session, renewal)
        assert offered == [RenewalState.NEGOTIATING]
        assert renewal.state is RenewalState.NEGOTIATING
        assert (told.name, told.details) == (EventName.RENEWAL_MOVED, {"from": "proposed", "to": "negotiating"})


def test_no_proposal_leaves_before_what_comes_first_is_done_or_left_out_with_a_reason(world: World) -> None:
    task = open_task(world, "cedar-dental", "executive_alignment")

    with held(world, "cedar-dental") as (session, renewal):
        maya = somebody(session, MAYA)
        with pytest.raises(NotNow, match="comes first"):
            running.move(renewal, RenewalState.PROPOSED, by=maya, at=AT)
        session.get_one(Task, task).waive("Their director is away until the date", by=maya, at=AT)
        running.move(renewal, RenewalState.PROPOSED, by=maya, at=AT)

        assert renewal.state is RenewalState.PROPOSED


@pytest.mark.parametrize("stage", [RenewalState.AGREED, RenewalState.CONTRACTING, RenewalState.WON, RenewalState.LOST])
def test_what_follows_from_the_customer_is_said_by_nobodys_hand(world: World, stage: RenewalState) -> None:
    with held(world, "cedar-dental") as (session, renewal):
        maya = somebody(session, MAYA)

        with pytest.raises(NotNow, match="by hand"):
            running.move(renewal, stage, by=maya, at=AT)
        assert renewal.state is RenewalState.ENGAGED


def test_there_is_no_door_back_to_where_it_began(world: World) -> None:
    with held(world, "northwind-freight") as (session, renewal), pytest.raises(NotNow, match="can not become"):
        running.move(renewal, RenewalState.PREPARING, by=somebody(session, MAYA), at=AT)


def test_a_renewal_that_is_being_paid_is_not_moved(world: World) -> None:
    world.put_card("cedar-dental", "pm_card_authenticationRequired", "3184")
    world.signed_in(RUTH).click(world.renewal("cedar-dental"))

    with held(world, "cedar-dental") as (session, renewal), pytest.raises(NotNow, match="payment"):
        running.move(renewal, RenewalState.NEGOTIATING, by=somebody(session, MAYA), at=AT)


def test_a_yes_lapses_when_it_is_talked_about_again_and_can_be_said_again(world: World) -> None:
    ruth, key = world.signed_in(RUTH), world.renewal("cedar-dental")
    world.sandbox.fault("decline")
    ruth.click(key)

    with held(world, "cedar-dental") as (session, renewal):
        before = renewal.state
        running.move(renewal, RenewalState.NEGOTIATING, by=somebody(session, MAYA), at=AT)
    with world.reading() as session:
        states = set(session.scalars(select(Acceptance.state).where(Acceptance.renewal_id == key)))
    ruth.click(key)

    with world.reading() as session:
        assert before is RenewalState.AGREED
        assert states == {AcceptanceState.LAPSED}
        assert session.get_one(Renewal, key).state is RenewalState.WON
    assert len(world.sandbox.charges(key)) == 1


def test_a_target_is_set_and_taken_back_to_what_it_is_worth_today(world: World) -> None:
    with held(world, "northwind-freight") as (session, renewal):
        maya = somebody(session, MAYA)
        running.aim(renewal, Money(7_200_000, "USD"), by=maya, at=AT)
        aimed = renewal.target
        running.aim(renewal, None, by=maya, at=AT)

        told = last(session, renewal)
        assert aimed == Money(7_200_000, "USD")
        assert renewal.target == renewal.value == Money(6_000_000, "USD")
        assert told.details == {"before": 7_200_000, "amount": 6_000_000, "currency": "USD", "reset": True}


@pytest.mark.parametrize("target", [Money(0, "USD"), Money(-1, "USD"), Money(7_200_000, "EUR"), Money(10**16, "USD")])
def test_a_target_is_a_sum_that_a_year_can_be_worth(world: World, target: Money) -> None:
    with held(world, "northwind-freight") as (session, renewal):
        maya = somebody(session, MAYA)

        with pytest.raises(Malformed) as no:
            running.aim(renewal, target, by=maya, at=AT)
        assert no.value.field == "target"
        assert renewal.target == renewal.value


def test_a_manager_gives_a_renewal_to_somebody_who_can_look_after_it(world: World) -> None:
    with held(world, "northwind-freight") as (session, renewal):
        ravi, omar = somebody(session, RAVI), somebody(session, OMAR)
        running.hand_over(renewal, ravi, by=somebody(session, INES), at=AT)

        told = last(session, renewal)
        assert renewal.owner_id == ravi.id
        assert told.details == {"owner": str(ravi.id), "former": str(omar.id)}


@pytest.mark.parametrize(
    ("to", "words"),
    [(FARAH, "can not look after"), (RUTH, "can not look after"), (OMAR, "looks after it already")],
)
def test_not_everybody_can_look_after_a_renewal(world: World, to: str, words: str) -> None:
    with held(world, "northwind-freight") as (session, renewal), pytest.raises(Malformed, match=words):
        running.hand_over(renewal, somebody(session, to), by=somebody(session, INES), at=AT)


def test_only_who_can_own_is_offered(world: World) -> None:
    with world.reading() as session:
        offered = running.who_may_own(session)

    assert {MAYA, RAVI} <= {one.email for one in offered}
    assert not [one for one in offered if one.account_id or not {"csm", "specialist", "ae", "manager"} & set(one.roles)]


def test_who_may_not_is_told_so_in_a_sentence(world: World) -> None:
    with held(world, "northwind-freight") as (session, renewal):
        farah, maya, ruth = (somebody(session, email) for email in (FARAH, MAYA, RUTH))

        for act in (
            lambda: running.move(renewal, RenewalState.NEGOTIATING, by=farah, at=AT),
            lambda: running.aim(renewal, None, by=farah, at=AT),
            lambda: running.hand_over(renewal, maya, by=maya, at=AT),
            lambda: running.note(renewal, ActivityKind.CALL, "x", on=TODAY, person=None, by=ruth, at=AT),
        ):
            with pytest.raises(NotYours):
                act()


def test_words_stand_beside_the_chain_and_the_event_only_refers_to_them(world: World) -> None:
    with held(world, "cedar-dental") as (session, renewal):
        maya, ruth = somebody(session, MAYA), somebody(session, RUTH)
        running.note(
            renewal, ActivityKind.CALL, "  Wants ten more seats. ", on=TODAY - timedelta(days=1), person=ruth, by=maya,
            at=AT,
        )

        told = last(session, renewal)
        noted = session.get_one(Activity, session.scalars(select(Activity.id)).one())
        assert told.name == EventName.ACTIVITY_NOTED
        assert told.details == {"kind": "call", "activity": str(noted.id)}
        assert (noted.words, noted.person_id, noted.account_id) == ("Wants ten more seats.", ruth.id, ruth.account_id)


@pytest.mark.parametrize(
    ("kind", "words", "on", "with_whom", "field"),
    [
        (ActivityKind.CALL, "  ", TODAY, RUTH, "words"),
        (ActivityKind.CALL, "x" * 4001, TODAY, RUTH, "words"),
        (ActivityKind.CALL, "Soon", date(2026, 8, 7), RUTH, "on"),
        (ActivityKind.QUESTION, "As if they had asked", TODAY, RUTH, "kind"),
        (ActivityKind.LOSS, "As if it were lost", TODAY, RUTH, "kind"),
        (ActivityKind.MEETING, "With somebody else's people", TODAY, "anna@halden-bank.example", "with"),
        (ActivityKind.MEETING, "Among ourselves", TODAY, INES, "with"),
    ],
)
def test_a_note_that_can_not_be_is_refused_at_its_field(
    world: World, kind: ActivityKind, words: str, on: date, with_whom: str, field: str
) -> None:
    with held(world, "cedar-dental") as (session, renewal):
        maya, person = somebody(session, MAYA), somebody(session, with_whom)

        with pytest.raises(Malformed) as no:
            running.note(renewal, kind, words, on=on, person=person, by=maya, at=AT)
        assert no.value.field == field


def test_a_closed_renewal_is_written_about_and_not_moved(world: World) -> None:
    key = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(key)

    with world.writing() as session:
        renewal, maya = Renewal.find(session, key, lock=True), somebody(session, MAYA)
        running.note(renewal, ActivityKind.NOTE, "Sent them flowers", on=TODAY, person=None, by=maya, at=AT)
        for act in (
            lambda: running.move(renewal, RenewalState.NEGOTIATING, by=maya, at=AT),
            lambda: running.aim(renewal, None, by=maya, at=AT),
        ):
            with pytest.raises(NotNow):
                act()
        assert running.doors(renewal) == []
