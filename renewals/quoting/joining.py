"""Joining: what a customer reads of something new that is added to their term: for which days, and what that costs."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pricing import addition
from pricing.money import Money
from renewals.acceptance import Acceptance, AcceptanceState
from renewals.addition import Addition
from renewals.base import session_of
from renewals.closing import term_after
from renewals.offer import Offer
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import Part, Quote
from renewals.renewal import RenewalState
from renewals.subscription import Term


@dataclass(frozen=True)
class Joining:
    """Units: `on` is the customer's day. Source: mission E4, "co-termed, prorated"."""

    proposal: Proposal
    on: date

    @classmethod
    def of(cls, proposal: Proposal, on: date) -> "Joining | None":
        """None for a proposal that renews, and where the term is over before anybody agreed."""
        joining = cls(proposal, on)
        is_apart = proposal.quote.part is Part.EXPANSION
        return joining if is_apart and (joining.made or on < proposal.ends_on) else None

    @cached_property
    def made(self) -> Addition | None:
        """What came of a yes; None while nobody gave it, or while it waits for the renewal."""
        yes = self.proposal.acceptance
        return Addition.of_acceptance(session_of(yes), yes.id) if yes else None

    @property
    def products(self) -> list[str]:
        """By their names."""
        return [self.proposal.names[line.product] for line in self.proposal.lines]

    @property
    def lapsed(self) -> bool:
        """It was agreed, but they signed for another term, or for none."""
        yes = self.proposal.acceptance
        return yes is not None and yes.state is AcceptanceState.LAPSED

    @cached_property
    def term(self) -> Term | None:
        """The signed term; None while the renewal is open."""
        renewal = self.proposal.quote.renewal
        return term_after(session_of(renewal), renewal) if renewal.state is RenewalState.WON else None

    @cached_property
    def priced(self) -> addition.Addition:
        """As it was added, else as it would be today."""
        return self.made.priced if self.made else addition.Addition(self.proposal.quoted, self.on)

    @property
    def cost(self) -> Money:
        """Until the term ends."""
        return self.priced.step.amount

    @property
    def is_part(self) -> bool:
        """Whether some of the term has gone by."""
        return self.priced.begins_on > self.proposal.starts_on

    @property
    def a_year_then(self) -> Money:
        """A full year of all that they have with it, which the next renewal begins from."""
        return self._beside if self.made else self._beside + self.proposal.per_year

    @property
    def _beside(self) -> Money:
        if self.term:
            return self.term.arr
        renewal = self.proposal.quote.renewal
        yes = Acceptance.standing(renewal)
        shown = yes.offer if yes else self._offered
        return Money(shown.content["per_year"], shown.currency) if shown else renewal.value

    @property
    def _offered(self) -> Offer | None:
        session = session_of(self.proposal.quote)
        quote = Quote.before_customer(session, self.proposal.quote.renewal_id)
        return quote.shown if quote else None
