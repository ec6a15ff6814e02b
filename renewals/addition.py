"""Addition: what was quoted apart, added to the term that was signed: its lines, and what is asked for them, once."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.addition import Addition as Joined
from pricing.kept import kept
from pricing.money import Money
from pricing.trace import Step
from renewals.acceptance import Acceptance
from renewals.base import Owned, new_key, session_of, tenant
from renewals.clauses.signed import Signed
from renewals.clauses.termination import Termination
from renewals.errors import NotNow
from renewals.event import Event, EventName
from renewals.instalment import Instalment
from renewals.offer import Offer
from renewals.renewal import Renewal, RenewalState
from renewals.subscription import Line, Term

SETTLED = (RenewalState.AGREED, RenewalState.CONTRACTING)
"""What the next term is made from lies fast: what was added meanwhile would not be in it."""


class Addition(Owned):
    """One for each yes to a quote of what is new, never changed: the database holds both.

    `renewal_id` is the one that replaces the term. Units: `on_day` is the first day on which they have it.
    """

    __tablename__ = "addition"
    __table_args__ = (
        *tenant("term_id", "renewal_id", "acceptance_id"),
        Index("uq_addition_acceptance", "acceptance_id", unique=True),
        Index("ix_addition_term", "term_id"),
        CheckConstraint("amount_minor >= 0", name="nothing_given_back"),
    )

    term_id: Mapped[UUID]
    renewal_id: Mapped[UUID]
    acceptance_id: Mapped[UUID]
    on_day: Mapped[date]
    trace: Mapped[dict[str, Any]]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    made_at: Mapped[datetime]

    acceptance: Mapped[Acceptance] = relationship(
        primaryjoin="Addition.acceptance_id == Acceptance.id", foreign_keys="Addition.acceptance_id", lazy="joined",
        viewonly=True,
    )

    @property
    def amount(self) -> Money:
        """Until the term ends."""
        return Money(self.amount_minor, self.currency)

    @cached_property
    def step(self) -> Step:
        """How the amount came about."""
        return Step.parse(self.trace)

    @property
    def offer(self) -> Offer:
        return self.acceptance.offer

    @cached_property
    def priced(self) -> Joined:
        """What was accepted, as it joined the term."""
        return Joined(kept(self.offer.content), self.on_day)

    @property
    def instalments(self) -> Sequence[Instalment]:
        """What is asked for it, first to last."""
        query = select(Instalment).where(Instalment.addition_id == self.id).order_by(Instalment.number)
        return session_of(self).scalars(query).all()

    @classmethod
    def of_term(cls, session: Session, term_id: UUID) -> Sequence["Addition"]:
        """Oldest first."""
        query = select(cls).where(cls.term_id == term_id).order_by(cls.on_day, cls.id)
        return session.scalars(query).all()

    @classmethod
    def of_acceptance(cls, session: Session, acceptance_id: UUID) -> "Addition | None":
        return session.scalars(select(cls).where(cls.acceptance_id == acceptance_id)).one_or_none()

    @classmethod
    def of_company(cls, session: Session, account_id: UUID) -> Sequence["Addition"]:
        """Newest first."""
        query = select(cls).where(cls.account_id == account_id).order_by(cls.on_day.desc(), cls.id.desc())
        return session.scalars(query).all()


def add(yes: Acceptance, signed: Signed, *, at: datetime) -> Addition:
    """What was accepted belongs to the term from today, or from its first day: its lines, and its instalments under
    what the term was accepted by. The renewal that replaces the term must be locked.

    Raises: NotNow. Source: Playbook S, "Bina Dalam Fleksibiliti"; mission E4, E10.
    """
    term, session, today = signed.term, session_of(signed.term), signed.renewal.account.today(at)
    must_take(signed, today)
    must_fit(yes.offer, signed.term)
    priced = Joined(kept(yes.offer.content), today)
    made = Addition(
        id=new_key(), account_id=term.account_id, term_id=term.id, renewal_id=signed.renewal.id, acceptance_id=yes.id,
        on_day=priced.begins_on, trace=priced.step.json, amount_minor=priced.step.amount.minor, currency=term.currency,
        made_at=at,
    )
    session.add(made)
    session.flush()  # a second one for the yes is refused here, by the database; instalments refer to it
    for asked in priced.instalments:
        Instalment.beside(signed.acceptance, asked.amount, asked.due_on, addition_id=made.id)
        session.flush()  # the next one counts on from it
    _put_in(term, priced)
    session.flush()
    Event.record(
        session, EventName.TERM_ADDED_TO, made, by=None, at=at, on=made.on_day.isoformat(),
        added={line.product: line.quantity for line in priced.lines}, amount=made.amount_minor, currency=made.currency,
    )
    return made


def add_waiting(won: Renewal, then: Renewal, *, at: datetime) -> None:
    """What was accepted before its renewal was signed follows with it; what does not fit what they signed lapses.

    `then` is the renewal that replaces the term which begins.
    """
    for yes in Acceptance.apart(won):
        if fits(yes.offer, then.term) and then.account.today(at) < then.term.ends_on:
            add(yes, Signed.of(then), at=at)
        else:
            yes.lapse(by=None, at=at)


def fits(offer: Offer, term: Term) -> bool:
    """Whether it was priced for exactly this term."""
    return (offer.starts_on, offer.ends_on, offer.currency) == (term.starts_on, term.ends_on, term.currency)


def must_fit(offer: Offer, term: Term) -> None:
    """Raises: NotNow."""
    if not fits(offer, term):
        raise NotNow("This was priced for another term than the one you signed. Ask us for a fresh proposal.")


def must_take(signed: Signed, on: date) -> None:
    """Whether anything can still be added to a term. Raises: NotNow."""
    term = signed.term
    if Termination.of_term(session_of(term), term.id):
        raise NotNow("This contract was ended early. Nothing is added to it any more.")
    if on >= term.ends_on or not signed.renewal.is_open or signed.renewal.state in SETTLED:
        raise NotNow("What follows this term is settled already. Ask us, and we see what can still be added.")


def _put_in(term: Term, priced: Joined) -> None:
    """They end with the term, at the price they were accepted at."""
    for line in priced.lines:
        term.lines.append(Line(
            account_id=term.account_id, position=len(term.lines), product=line.product, quantity=line.quantity,
            unit_minor=line.unit_price.minor, amount_minor=line.amount.minor, currency=term.currency,
            starts_on=priced.begins_on, ends_on=term.ends_on,
        ))
