"""Signed: a running term with what it was agreed by: its offer, its price path and what was paid of it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import func, select

from pricing.catalogue import Catalogue
from pricing.clause import Clause, ClauseKind
from pricing.money import Money
from pricing.policy import PricePolicy
from pricing.proration import risen
from pricing.scope import Scope, ScopeLine
from renewals.acceptance import Acceptance
from renewals.base import session_of
from renewals.errors import NotNow
from renewals.instalment import Instalment
from renewals.offer import Offer
from renewals.paper import Agreement
from renewals.payment import OPEN, Payment, PaymentState
from renewals.policy import Policy
from renewals.renewal import Renewal
from renewals.subscription import Line, Term


@dataclass(frozen=True)
class Signed:
    """`renewal` is the one that replaces the term, and is locked by whoever acts. Units: amounts a year."""

    renewal: Renewal
    term: Term
    acceptance: Acceptance

    @classmethod
    def of(cls, renewal: Renewal) -> "Signed":
        """Raises: NotNow for a term that nobody accepted here, such as one that was imported."""
        session, term = session_of(renewal), renewal.term
        agreement = session.get(Agreement, term.agreement_id) if term.agreement_id else None
        if agreement is None:
            raise NotNow("This term was not signed here; none of its clauses acts by itself.")
        return cls(renewal, term, Acceptance.find(session, agreement.acceptance_id))

    @property
    def offer(self) -> Offer:
        return self.acceptance.offer

    def clause(self, kind: ClauseKind) -> Clause:
        """Raises: NotNow when none of this kind was signed."""
        if found := self.term.clause(kind):
            return found
        raise NotNow(f"This contract has no clause of that kind: {kind.value.replace('_', '-')}.")

    @cached_property
    def catalogue(self) -> Catalogue:
        """As it was when the term was priced."""
        policy = Policy.named(session_of(self.term), self.offer.policies[0])
        return policy.parsed(PricePolicy.parse).catalogue

    @cached_property
    def rise(self) -> int:
        """How much more each contract year costs than the one before. Units: basis points."""
        later = self.offer.content["trace"]["parts"][1:]
        return later[0]["inputs"]["rise"] if later else 0

    def scope(self, on: date) -> Scope:
        """What they have on a day, at what it costs in the contract year that runs."""
        year = self.term.running.year_of(on)
        lines = tuple(self._line(line, year) for line in self.term.lines)
        return Scope(self.term.currency, self.renewal.subscription.plan, self.term.months, lines)

    def _line(self, line: Line, year: int) -> ScopeLine:
        """What was added later has kept the price of its day."""
        held = ScopeLine(line.product, line.quantity, line.a_year)
        return risen(held, self.rise, year) if line.starts_on == self.term.starts_on else held

    def must_not_be_paying(self) -> None:
        """Raises: NotNow while something may still come of what was asked for this term."""
        asked = select(Payment.id).join(Instalment, Instalment.id == Payment.instalment_id)
        under_way = asked.where(Instalment.acceptance_id == self.acceptance.id, Payment.state.in_(OPEN))
        if session_of(self.term).scalar(under_way.limit(1)):
            raise NotNow("A payment for this term is under way. Wait until it is settled.")

    @property
    def paid(self) -> Money:
        """What came in of all that was asked for this term."""
        sums = (
            select(func.coalesce(func.sum(Payment.amount_minor), 0))
            .join(Instalment, Instalment.id == Payment.instalment_id)
            .where(Instalment.acceptance_id == self.acceptance.id, Payment.state == PaymentState.SUCCEEDED)
        )
        return Money(int(session_of(self.term).scalar(sums) or 0), self.term.currency)
