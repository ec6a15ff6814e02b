"""True-up: once a year the seats in use are counted, and those beyond the agreement are added and asked for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    Index,
    Select,
    cast,
    exists,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from pricing.clause import ClauseKind, Count
from pricing.money import Money
from pricing.proration import anniversary, beyond, true_up
from pricing.scope import Scope, ScopeLine
from pricing.trace import Pen, Step
from renewals.account import Account
from renewals.base import Moment, Owned, new_key, session_of, tenant
from renewals.clauses.signed import Signed
from renewals.event import Event, EventName
from renewals.instalment import Instalment
from renewals.renewal import Renewal
from renewals.subscription import Line, Term
from renewals.value import ACTIVE_USERS, Usage, ValueStory

A_DAY = timedelta(days=1)
PATIENCE = 30
"""Days that a true-up waits for the use of its last month to come in; it is dated from the anniversary all the same."""
SWEEP = 200
"""Renewals of one sweep."""


class TrueUp(Owned):
    """What was counted on one anniversary of a term, and what followed from it; the database makes it once.

    `counted` and `added` are units by product; nobody counted where `counted` is empty. `instalment_id` is what is
    asked for the added ones, from `on_day` to the end of the term.
    """

    __tablename__ = "true_up"
    __table_args__ = (
        *tenant("term_id", "renewal_id", "instalment_id"),
        Index("uq_true_up_day", "term_id", "on_day", unique=True),
        CheckConstraint("amount_minor >= 0", name="nothing_given_back"),
        CheckConstraint("(instalment_id IS NULL) = (amount_minor = 0)", name="asked_for"),
    )

    term_id: Mapped[UUID]
    renewal_id: Mapped[UUID]
    on_day: Mapped[date]
    counted: Mapped[dict[str, Any]]
    added: Mapped[dict[str, Any]]
    trace: Mapped[dict[str, Any]]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    instalment_id: Mapped[UUID | None]
    made_at: Mapped[datetime]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @cached_property
    def step(self) -> Step | None:
        """How the amount came about; None where nothing was added."""
        return Step.parse(self.trace) if self.trace else None

    @classmethod
    def of_term(cls, session: Session, term_id: UUID) -> Sequence["TrueUp"]:
        """Oldest first."""
        return session.scalars(select(cls).where(cls.term_id == term_id).order_by(cls.on_day)).all()

    @classmethod
    def of_company(cls, session: Session, account_id: UUID) -> Sequence["TrueUp"]:
        """Those that added something, newest first."""
        query = select(cls).where(cls.account_id == account_id, cls.amount_minor > 0)
        return session.scalars(query.order_by(cls.on_day.desc(), cls.id)).all()


def make_due(session: Session, *, at: datetime) -> int:
    """Every anniversary that has come, where the customer is. May run twice and side by side.

    Returns: how many renewals had one. Source: Playbook S, "Bina Dalam Fleksibiliti".
    """
    due = session.scalars(_due(at)).unique().all()
    for renewal in due:
        _catch_up(renewal, at=at)
    return len(due)


def _catch_up(renewal: Renewal, *, at: datetime) -> None:
    """One anniversary after another, each by what was in use then; nothing is asked for by numbers of another month."""
    session, term, today = session_of(renewal), renewal.term, renewal.account.today(at)
    session.refresh(term, with_for_update=True)  # somebody else may just have counted
    while term.next_true_up_on and term.next_true_up_on <= today:
        signed, on = Signed.of(renewal), term.next_true_up_on
        used = _in_use(signed, on)
        if last_month(on) not in used and today < on + timedelta(days=PATIENCE):
            break  # its last month may still come in
        _make(signed, on, used, at=at)
        term.next_true_up_on = anniversary(term.running, on)
    session.flush()


def count_until(signed: Signed, before: date, *, at: datetime) -> None:
    """Every anniversary that has come before a term ends early, by what is known now: no month is waited for. The
    renewal must be locked."""
    term, today = signed.term, signed.renewal.account.today(at)
    while (on := term.next_true_up_on) and on <= today and on < before:
        _make(signed, on, _in_use(signed, on), at=at)
        term.next_true_up_on = anniversary(term.running, on)


def _make(signed: Signed, on: date, used: Mapping[date, int], *, at: datetime) -> TrueUp:
    clause, term, scope = signed.clause(ClauseKind.TRUE_UP), signed.term, signed.scope(on)
    counted = _counted(signed, scope, clause.count, used, on)
    step = true_up(Pen(term.currency, clause.policy), scope.lines, counted, term.running, on)
    added = beyond(scope.lines, counted)
    made = TrueUp(
        id=new_key(), account_id=term.account_id, term_id=term.id, renewal_id=signed.renewal.id, on_day=on,
        counted=dict(counted), added={line.product: line.quantity for line in added}, trace=step.json if step else {},
        amount_minor=step.amount.minor if step else 0, currency=term.currency, made_at=at,
    )
    if made.amount_minor:
        made.instalment_id = _ask(signed, made.amount, on).id
    session = session_of(term)
    session.add(made)
    _add(term, added, on)
    session.flush()  # a second one for the day is refused here, by the database
    if added:
        Event.record(
            session, EventName.TRUE_UP_MADE, made, by=None, at=at, on=on.isoformat(), added=made.added,
            amount=made.amount_minor, currency=made.currency,
        )
    return made


def _in_use(signed: Signed, on: date) -> dict[date, int]:
    """People who used it, by month of the year that ends."""
    story = ValueStory.of(session_of(signed.term), signed.term.subscription_id, until=on)
    return dict(story.months(ACTIVE_USERS))


def last_month(on: date) -> date:
    """The first day of the last whole month before a day."""
    return (on.replace(day=1) - A_DAY).replace(day=1)


def _counted(
    signed: Signed, scope: Scope, count: Count, used: Mapping[date, int], on: date
) -> Mapping[str, int]:
    """For the plan and whatever they have once for each seat of it; what no month says, nobody counted."""
    said = used.get(last_month(on)) if count is Count.LAST else max(used.values(), default=None)
    return {} if said is None else dict.fromkeys(sorted(signed.catalogue.follow_seats(scope)), said)


def _ask(signed: Signed, amount: Money, on: date) -> Instalment:
    """To be paid as everything else of the term is."""
    instalment = Instalment.beside(signed.acceptance, amount, on + timedelta(days=signed.term.net_days))
    session_of(signed.term).flush()  # the true-up refers to it
    return instalment


def _add(term: Term, added: Sequence[ScopeLine], on: date) -> None:
    """They belong to the term from that day, at the price they were asked for."""
    for line in added:
        term.lines.append(Line(
            account_id=term.account_id, position=len(term.lines), product=line.product, quantity=line.quantity,
            unit_minor=line.unit_price.minor, amount_minor=line.amount.minor, currency=term.currency, starts_on=on,
            ends_on=term.ends_on,
        ))


def _due(at: datetime) -> Select[Renewal]:
    """A batch of those that need not wait for their last month, locked. Units: days in the account's time zone."""
    their_day = cast(func.timezone(Account.timezone, literal(at, Moment)), Date)
    return (
        select(Renewal)
        .join(Account, Account.id == Renewal.account_id)
        .join(Term, Term.id == Renewal.term_id)
        .where(Term.next_true_up_on <= at.date() + A_DAY, Term.next_true_up_on <= their_day)
        .where((Term.next_true_up_on <= their_day - PATIENCE) | _last_month_is_in())
        .order_by(Term.next_true_up_on, Renewal.id)
        .limit(SWEEP)
        .with_for_update(of=Renewal, skip_locked=True, key_share=True)
    )


def _last_month_is_in() -> ColumnElement[bool]:
    """As `last_month`: whether its use is known."""
    month = cast(func.date_trunc("month", Term.next_true_up_on) - text("interval '1 month'"), Date)
    return exists().where(
        Usage.subscription_id == Term.subscription_id, Usage.metric == ACTIVE_USERS, Usage.month == month
    )
