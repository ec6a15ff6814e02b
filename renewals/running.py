"""Running: what the staff do with a renewal on its way: move it, aim it, hand it over, note what was said.

The renewal must be locked.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pricing.money import Money
from renewals.acceptance import Acceptance
from renewals.activity import LONGEST, NOTED, SPOKEN, Activity, ActivityKind
from renewals.base import session_of
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.payment import Payment
from renewals.permission import MAY, Permission
from renewals.person import Person
from renewals.plan.catalogue import PROPOSAL
from renewals.plan.hold import must_not_be_held
from renewals.renewal import Renewal, RenewalState
from renewals.stake import Stake

BY_HAND = (RenewalState.PREPARING, RenewalState.ENGAGED, RenewalState.PROPOSED, RenewalState.NEGOTIATING)
"""Agreed is the customer's own yes, contracting its papers and won its money: nobody says those for them. Lost has
a verb of its own."""
UNPROPOSED = (RenewalState.PLANNED, RenewalState.PREPARING, RenewalState.ENGAGED)
"""No proposal has left."""
MOST = 9_000_000_000_000_000
"""The largest target. Units: minor units; as an import's largest amount."""
A_DAY = timedelta(days=1)


def doors(renewal: Renewal) -> list[RenewalState]:
    """The stages that a person may move it to now."""
    return [stage for stage in BY_HAND if renewal.can_move(stage)]


def move(renewal: Renewal, to: RenewalState, *, by: Person, at: datetime) -> None:
    """Another stage, by hand. A yes that stands lapses with it: it is being talked about again. No proposal leaves
    while something that comes before it is open.

    Raises: NotYours, NotNow.
    """
    by.must(Permission.RUN_RENEWALS)
    renewal.must_be_open()
    if to not in BY_HAND:
        raise NotNow(f"Nobody makes a renewal {to.value} by hand: that follows from what the customer does.")
    must_not_be_paying(renewal)
    if renewal.state in UNPROPOSED and to not in UNPROPOSED:
        must_not_be_held(renewal, PROPOSAL)
    renewal.advance(to, by=by, at=at)
    if yes := Acceptance.standing(renewal):
        yes.lapse(by=by, at=at)


def aim(renewal: Renewal, target: Money | None, *, by: Person, at: datetime) -> None:
    """What we hope a year will be worth; None is today's value again. Raises: NotYours, NotNow, Malformed."""
    by.must(Permission.RUN_RENEWALS)
    renewal.must_be_open()
    currency, before = renewal.value.currency, renewal.target
    if target is not None and (target.currency != currency or not 0 < target.minor <= MOST):
        raise Malformed(f"A target is what a year in {currency} will be worth, more than nothing.", "target")
    renewal.target_minor = target.minor if target else None
    Event.record(
        session_of(renewal), EventName.RENEWAL_AIMED, renewal, by=by, at=at, before=before.minor,
        amount=renewal.target.minor, currency=currency, reset=target is None,
    )


def hand_over(renewal: Renewal, to: Person, *, by: Person, at: datetime) -> None:
    """Somebody else of the staff looks after it from now on. Raises: NotYours, NotNow, Malformed."""
    by.must(Permission.ASSIGN_OWNERS)
    renewal.must_be_open()
    if not to.may(Permission.OWN_RENEWALS):
        raise Malformed(f"{to.name} can not look after renewals.", "owner")
    if to.id == renewal.owner_id:
        raise Malformed(f"{to.name} looks after it already.", "owner")
    former, renewal.owner_id = renewal.owner_id, to.id
    Event.record(
        session_of(renewal), EventName.RENEWAL_HANDED_OVER, renewal, by=by, at=at, owner=str(to.id),
        former=str(former) if former else None,
    )


def note(
    renewal: Renewal, kind: ActivityKind, words: str, *, on: date, person: Person | None, by: Person, at: datetime
) -> Activity:
    """What was said in a call, a meeting or a mail, or what somebody should know; for the staff alone.

    With whom it was said is spoken with on that day.

    Units: `on` may be the next day: somewhere it is that already.
    Raises: NotYours, Malformed.
    """
    by.must(Permission.NOTE_ACTIVITY)
    if kind not in NOTED:
        raise Malformed("Choose a call, a meeting, a mail or a note.", "kind")
    if on > at.date() + A_DAY:
        raise Malformed("That day has not come yet.", "on")
    if person is not None and person.account_id != renewal.account_id:
        raise Malformed("Choose one of their people, or nobody.", "with")
    must_be_written(words, "words")
    noted = renewal.write_down(kind, words, on=on, person=person)
    if person is not None and kind in SPOKEN:
        Stake.of(session_of(renewal), person).spoken_with(on)
    Event.record(
        session_of(renewal), EventName.ACTIVITY_NOTED, renewal, by=by, at=at, kind=kind.value, activity=str(noted.id)
    )
    return noted


def must_not_be_paying(renewal: Renewal) -> None:
    """Raises: NotNow."""
    if Payment.live_of(renewal):
        raise NotNow("A payment for this renewal is under way. Wait until it is settled.")


def must_be_written(words: str, field: str) -> None:
    """Raises: Malformed when there are none, or too many."""
    if not words.strip():
        raise Malformed("Write a few words first.", field)
    if len(words) > LONGEST:
        raise Malformed(f"This is longer than {LONGEST:,} characters. Say it shorter.", field)


def who_may_own(session: Session) -> Sequence[Person]:
    """Who of the staff can look after a renewal, in the order of their names."""
    able = Person.roles.overlap(sorted(MAY[Permission.OWN_RENEWALS]))
    query = select(Person).where(Person.account_id.is_(None), Person.active, able)
    return session.scalars(query.order_by(Person.name, Person.id)).all()


def people_of(renewal: Renewal) -> Sequence[Person]:
    """The customer's people somebody can have spoken with, those who are still there first."""
    query = select(Person).where(Person.account_id == renewal.account_id)
    return session_of(renewal).scalars(query.order_by(Person.active.desc(), Person.name, Person.id)).all()
