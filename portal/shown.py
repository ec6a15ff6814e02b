"""Shown: a renewal as the customer's pages and letters speak of it, the same in all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from sqlalchemy.orm import Session

from gateways.browser import Level, Visit
from portal.timeline import Mark, timeline
from pricing.option import Option
from pricing.rightsize import Advice
from renewals import mandate
from renewals.acceptance import Acceptance
from renewals.account import Card, Consent
from renewals.auto_renewal import Charge, foreseen
from renewals.choice import Choice
from renewals.errors import Stale
from renewals.invoice_wish import InvoiceWish
from renewals.paper import Agreement
from renewals.payment import Payment
from renewals.person import Person
from renewals.plan.plan import hours_of
from renewals.plan.profiling import notice_on_of, priced_by_of
from renewals.plan.shared import SharedPlan
from renewals.policy import Policy, PolicyKind
from renewals.preparing import readiness
from renewals.quoting.ladder import is_negotiated, ladder
from renewals.quoting.preliminary import PreliminaryTerms
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import Part, Quote
from renewals.readiness import FROM_DAYS, Finding
from renewals.renewal import Renewal, RenewalState
from renewals.value import ValueStory


class Standing(StrEnum):
    """What a renewal's page is about."""

    SOON = "soon"
    OPEN = "open"
    NEGOTIATED = "negotiated"
    PAYING = "paying"
    AGREED = "agreed"
    RENEWED = "renewed"
    ENDED = "ended"
    LEAVING = "leaving"
    PAST = "past"


DECIDING = (Standing.SOON, Standing.OPEN, Standing.NEGOTIATED)
"""Nothing was settled yet, and it can still be."""


BESIDE = "We are agreeing this renewal with you, so nothing was taken. Answer what we propose."


@dataclass(frozen=True, slots=True)
class Nobody:
    """Who looks after a customer that nobody has been named for."""

    name: str = ""
    first_name: str = ""


@dataclass
class Shown:
    """One renewal on one day of its customer."""

    session: Session
    renewal: Renewal
    choice: Choice
    today: date

    @classmethod
    def find(cls, visit: Visit, key: UUID, *, lock: bool = False) -> "Shown":
        """Raises: NotFound."""
        renewal = visit.find(Renewal, key, lock=lock)
        visit.stay_at(renewal.id)
        return cls(visit.session, renewal, Choice.of(visit.session, renewal, visit.today), visit.today)

    @property
    def id(self) -> UUID:
        return self.renewal.id

    @property
    def plan(self) -> str:
        return self.choice.plan_name

    @property
    def owner(self) -> Person | Nobody:
        """Who looks after this customer."""
        return self.renewal.looked_after_by or Nobody()

    @property
    def renews_on(self) -> date:
        return self.renewal.renews_on

    @property
    def decide_by(self) -> date:
        return self.renewal.decide_by

    @property
    def last_day(self) -> date:
        """The last day of the term that is running."""
        return self.renewal.last_day

    @property
    def has_ended(self) -> bool:
        """Whether the term is over and nothing has taken its place yet."""
        return self.renewal.is_open and self.today > self.last_day

    @property
    def renewable_until(self) -> date:
        """The last of the days of grace."""
        return self.renews_on + timedelta(days=self.choice.timeline["grace_days"])

    @property
    def hears_no(self) -> bool:
        return self.renewal.hears_no(self.today)

    @property
    def take_back_by(self) -> date:
        """The last day on which a no can be taken back."""
        return self.renewal.take_back_by

    @property
    def is_final(self) -> bool:
        """Whether a no said today stands."""
        return self.today > self.take_back_by

    @cached_property
    def charge(self) -> Charge | None:
        """What is taken by itself when nobody says anything."""
        return foreseen(self.choice)

    @property
    def options_on(self) -> date:
        """The first day the renewal can be taken."""
        return self.renews_on - timedelta(days=self.choice.timeline["offered_from_days"])

    @property
    def seats(self) -> int:
        return self.choice.scope.plan_line.quantity

    @property
    def used(self) -> int | None:
        return self.choice.facts.seats_used

    @property
    def value(self) -> ValueStory | None:
        """What the year was worth; None where there is too little to claim."""
        return self.choice.value if self.choice.value.hours else None

    @cached_property
    def payment(self) -> Payment | None:
        return Payment.latest_of(self.renewal)

    @cached_property
    def proposal(self) -> Proposal | None:
        """What was sent last and not taken back."""
        quote = Quote.before_customer(self.session, self.renewal.id)
        return Proposal.of(quote) if quote else None

    @cached_property
    def apart(self) -> Quote | None:
        """What is new, where it was sent by itself and can be answered: beside this renewal, or for the term that it
        replaces."""
        keys = [self.renewal.id, *self._began_the_term]
        sent = (Quote.before_customer(self.session, key, Part.EXPANSION) for key in keys)
        return next((quote for quote in sent if quote and quote.can_be_answered(self.today)), None)

    @property
    def _began_the_term(self) -> list[UUID]:
        """The renewal by which the present term was signed."""
        key = self.renewal.term.agreement_id
        agreement = self.session.get(Agreement, key) if key else None
        return [agreement.renewal_id] if agreement else []

    @cached_property
    def preliminary(self) -> PreliminaryTerms | None:
        """What it may come to, from the day on which that was frozen until a proposal is sent."""
        if self.proposal or self.standing not in DECIDING:
            return None
        return PreliminaryTerms.of(self.session, self.renewal.id)

    @cached_property
    def standing(self) -> Standing:
        if not self.renewal.is_open:
            return Standing.RENEWED if self.renewal.state is RenewalState.WON else Standing.ENDED
        if self.payment is not None and self.payment.is_open:
            return Standing.PAYING
        if self.renewal.is_declined:
            return Standing.LEAVING
        if self.proposal is not None and self.proposal.acceptance:
            return Standing.AGREED
        if self.choice.is_offered:
            return Standing.OPEN if self.options else Standing.NEGOTIATED
        return Standing.SOON if self.renewal.days_left(self.today) > 0 else Standing.PAST

    @cached_property
    def options(self) -> Sequence[Option]:
        """The ways to go on that can be taken here now."""
        return ladder(self.choice)

    @cached_property
    def is_negotiated(self) -> bool:
        """Whether a proposal lies before them, or is to come."""
        return is_negotiated(self.choice)

    @property
    def is_open(self) -> bool:
        """Whether one of the options can be taken now."""
        return self.standing is Standing.OPEN

    @property
    def renews_by_itself(self) -> bool:
        """Whether the contract says so and it is still to come."""
        return self.renewal.term.auto_renew and self.standing in (*DECIDING, Standing.PAYING)

    @cached_property
    def mandate(self) -> Consent | None:
        """Their word that the card on file may be charged then."""
        return mandate.standing(self.session, self.renewal.subscription_id)

    @cached_property
    def invoice_wish(self) -> InvoiceWish | None:
        """Somebody's wish to pay by invoice, while it is still to be paid."""
        return InvoiceWish.of(self.renewal) if self.renewal.is_open else None

    @cached_property
    def shared(self) -> SharedPlan:
        """The plan that both sides look at."""
        hours = hours_of(self.renewal.account, self.choice.policies[PolicyKind.PLAN])
        return SharedPlan.of(self.session, self.renewal, hours, self.today)

    @cached_property
    def to_settle(self) -> list[Finding]:
        """What would hold the renewal up on their side, or is not known; nothing before T-90 and once it is settled."""
        if self.standing not in (*DECIDING, Standing.AGREED):
            return []
        found = readiness(self.renewal, self.choice.segment, self.today)
        return [one for one in found if not one.is_ready]

    @property
    def right_size(self) -> Advice | None:
        """Fewer seats that would do, from T-90 until it is agreed. Source: mission L8."""
        is_time = self.renewal.days_left(self.today) <= FROM_DAYS
        return self.choice.right_size if is_time and self.standing in DECIDING else None

    @property
    def notice_on(self) -> date | None:
        """When the formal notice goes out; None for a contract that does not renew by itself."""
        return notice_on_of(self.renewal, self.choice.policies)

    @property
    def priced_by(self) -> date | None:
        """By when our price is there for the notice to name; None for a contract that does not renew by itself."""
        return priced_by_of(self.renewal, self.choice.policies)

    @property
    def marks(self) -> list[Mark]:
        won = self.standing is Standing.RENEWED
        return timeline(
            self.shared, self.choice.segment, self.notice_on, self.priced_by, is_open=self.is_open, is_won=won
        )

    @property
    def terms(self) -> Policy:
        """The words accepted beside the button."""
        return self.choice.policies[PolicyKind.TERMS]

    @property
    def names(self) -> dict[str, str]:
        """What each product of today and of the options is called."""
        held = [*self.choice.scope.lines, *(line for option in self.choice.options for line in option.lines)]
        return {line.product: self.choice.name_of(line.product) for line in held}

    def chosen(self, content_hash: str) -> Option:
        """The option that somebody chose. Raises: Stale when it is none of those that can be taken now."""
        found = self.choice.option(content_hash)
        if found.content_hash not in {one.content_hash for one in self.options}:
            raise Stale(BESIDE)
        return found

    def option(self, wanted: str = "") -> Option:
        """The one to show: of the wanted content; else what was accepted before, or what is recommended.

        Raises: Stale when no option has that content any more, or none is to be taken beside a proposal.
        """
        if wanted:
            return self.chosen(wanted)
        if not self.options:
            raise Stale(BESIDE)
        standing = Acceptance.standing(self.renewal) if self.payment else None
        accepted = standing.content_hash if standing else ""
        offered = {option.content_hash: option for option in self.options}
        return offered.get(accepted) or self.recommended

    @property
    def recommended(self) -> Option:
        """Of those that can be taken, what we advise."""
        best_fit = self.choice.options.recommended
        return next((option for option in self.options if option.tier is best_fit), self.options[0])

    def card_for(self, visit: Visit) -> Card | None:
        """The card on file, for whoever proved by a code who they are; one that has run out is none."""
        card = self.renewal.account.card_on_file
        return card if card and card.lives_on(self.today) and visit.level is Level.CODE else None
