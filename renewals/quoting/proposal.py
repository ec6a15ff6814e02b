"""Proposal: a version of a quote as its customer reads it: on a page, on paper and as data, the same in all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from pricing.clause import Clause
from pricing.deal import Deal
from pricing.discount import change
from pricing.foreseen import Departure
from pricing.instalments import Instalment
from pricing.kept import kept
from pricing.money import Money
from pricing.priced import Framing
from pricing.quoting import Quoted
from pricing.scope import Scope, ScopeLine
from pricing.trace import Step
from pricing.versus import Agreed, Versus, versus
from renewals.acceptance import Acceptance
from renewals.base import session_of
from renewals.errors import NotFound
from renewals.offer import Offer
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan import step
from renewals.plan.step import Step as TheirStep
from renewals.policy import Policy
from renewals.quoting.enclosed import Enclosed
from renewals.quoting.preliminary import PreliminaryTerms
from renewals.quoting.quote import Part, Quote, QuoteState
from renewals.quoting.remark import Remark
from renewals.quoting.template import ProposalTemplate, Section
from renewals.value import ValueStory


@dataclass(frozen=True)
class Proposal:
    """Read off what was kept when the version was priced, and only its public part: not what policy would have asked,
    how far below that it lies, what extras cost us, why it was written so, or who approved it.

    Units: money in the currency of the term; `months`; days are the customer's.
    """

    quote: Quote
    version: Offer

    @classmethod
    def of(cls, quote: Quote) -> "Proposal":
        """What lies before the customer. Raises: NotFound while nothing was sent."""
        if quote.shown is None:
            raise NotFound
        return cls(quote, quote.shown)

    @property
    def number(self) -> int:
        """Which version of the quote it is, counted from 1."""
        return self.version.number or 0

    @property
    def content_hash(self) -> str:
        return self.version.content_hash

    @property
    def currency(self) -> str:
        return self.version.currency

    @property
    def months(self) -> int:
        return self.version.months

    @property
    def starts_on(self) -> date:
        return self.version.starts_on

    @property
    def ends_on(self) -> date:
        """The first day after the term."""
        return self.version.ends_on

    @property
    def made_at(self) -> datetime:
        return self.quote.sent_at or self.version.made_at

    @cached_property
    def quoted(self) -> Quoted:
        """All that it was priced as: what is public of it stands in the properties below."""
        return kept(self.version.content)

    @property
    def deal(self) -> Deal:
        return self.quoted.deal

    @cached_property
    def trace(self) -> Step:
        """How its price came about, as far as it is public."""
        return self.quoted.trace.public_part()

    @property
    def rules(self) -> str:
        """The version of the price rules it was made by."""
        return self.trace.policy

    @property
    def line_steps(self) -> tuple[Step, ...]:
        return tuple(part for part in self.trace.parts[0].parts if part.rule == "line")

    @property
    def lines(self) -> tuple[ScopeLine, ...]:
        return self.quoted.lines

    @property
    def today(self) -> Scope:
        """What they have until it begins."""
        return self.quoted.today

    @property
    def per_year(self) -> Money:
        """A full first year."""
        return self.quoted.per_year

    @property
    def total(self) -> Money:
        return self.quoted.total

    @property
    def years(self) -> tuple[Money, ...]:
        return self.quoted.years

    @property
    def against_today(self) -> Money:
        """More (or, below zero, less) a year than today."""
        return self.quoted.against_today

    @property
    def instalments(self) -> tuple[Instalment, ...]:
        """What is invoiced when, and due when."""
        return self.quoted.instalments

    @property
    def overage(self) -> Mapping[str, Money]:
        """What a unit above the line's quantity costs a year, by product."""
        return self.quoted.overage

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What products are called in the catalogue it was priced by."""
        catalogue = self._prices["catalogue"]
        optional = [line.product for line in self.expansion]
        keys = [*self.deal.quantities, *self.today.quantities, self.today.plan, *optional]
        return {key: catalogue[key]["name"] if key in catalogue else _spoken(key) for key in keys}

    @cached_property
    def _enclosed(self) -> Enclosed:
        return Enclosed.read(self.quote.enclosed)

    @cached_property
    def template(self) -> ProposalTemplate:
        """The version it was sent by."""
        return ProposalTemplate.named(session_of(self.quote), self._enclosed.template)

    @property
    def sections(self) -> list[Section]:
        """Those of its template that have something to say, in its order."""
        is_apart = self.quote.part is Part.EXPANSION
        silent = {Section.SUMMARY, Section.VALUE} if is_apart else set()
        if not self.expansion:
            silent.add(Section.EXPANSION)
        return [section for section in self.template.sections if section not in silent]

    @cached_property
    def value(self) -> ValueStory:
        """What the year was worth when it was sent."""
        return ValueStory.of(session_of(self.quote), self.quote.renewal.subscription_id, until=self.made_at.date())

    @property
    def voices(self) -> Sequence[str]:
        """What their own people said of it."""
        return self._enclosed.voices

    @property
    def expansion(self) -> Sequence[ScopeLine]:
        """What they could add, each for a year by itself; no part of what is accepted."""
        return self._enclosed.expansion

    @property
    def dates(self) -> Sequence[tuple[str, date]]:
        """What comes next, the earliest first: `answer`, `decide_by`, `begins`, `first_due`."""
        renewal = self.quote.renewal
        days = [("begins", self.starts_on), ("first_due", self.instalments[0].due_on)]
        if self.quote.valid_until:
            days.append(("answer", self.quote.valid_until))
        if renewal.term.auto_renew:
            days.append(("decide_by", renewal.decide_by))
        return sorted(days, key=lambda one: one[1])

    @cached_property
    def accepters(self) -> list[str]:
        """Who of theirs can accept it."""
        query = select(Person).where(Person.account_id == self.quote.account_id).order_by(Person.name, Person.id)
        return [one.name for one in session_of(self.quote).scalars(query) if one.may(Permission.RENEW)]

    @cached_property
    def approved_on(self) -> date | None:
        """Since when everything on our side is granted; their day."""
        approval = self.quote.approval
        return approval.granted_at.astimezone(self.quote.renewal.account.zone).date() if approval else None

    @cached_property
    def their_steps(self) -> Sequence[TheirStep]:
        """What their own people said that they have to do first."""
        return step.of_renewal(session_of(self.quote), self.quote.renewal_id)

    def names_with(self, other: "Proposal") -> Mapping[str, str]:
        """What the products of either are called."""
        return {**other.names, **self.names}

    @property
    def extras(self) -> list[str]:
        """What comes with it that is not a discount, by name."""
        return [self._prices["extras"][key]["name"] for key in self.deal.extras]

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """What it says beside its price, with the words that are accepted."""
        return self.quoted.clauses or tuple(Clause.named(id) for id in self.deal.clauses)

    def clause_titles(self, ids: Sequence[str], locale: str) -> list[str]:
        """What clauses are called, those of the term that ends among them."""
        known = {one.id: one for one in (*self.quote.renewal.term.signed_clauses, *self.clauses)}
        return [(known.get(id) or Clause.named(id)).title_in(locale) for id in ids]

    @cached_property
    def changes(self) -> Versus:
        """What is not as they last signed it. Source: mission L1."""
        term = self.quote.renewal.term
        agreed = Agreed(
            months=self.today.months, net_days=term.net_days, billing=term.billing, clauses=term.clause_ids
        )
        return versus(agreed, self.quoted)

    @cached_property
    def departure(self) -> Departure | None:
        """What is not as the preliminary terms had it; None where nothing was said beforehand. Source: mission E9."""
        if self.quote.part is Part.EXPANSION:
            return None
        told = PreliminaryTerms.of(session_of(self.quote), self.quote.renewal_id)
        return told.departure(self.quoted) if told and told.made_at <= self.made_at else None

    def since(self, before: "Proposal") -> Versus:
        """What is not as in another version."""
        held = replace(self.today, months=before.months, lines=before.lines)
        return versus(Agreed.of(before.deal), replace(self.quoted, today=held))

    def framing(self, people: int | None) -> Framing | None:
        """Their growth beside the price; None when either is unknown. Units: `people` in basis points over a year.

        Source: mission E5.
        """
        spending = change(self.today.per_year.minor, self.per_year.minor)
        return None if people is None or spending is None else Framing(people, spending)

    @cached_property
    def acceptance(self) -> Acceptance | None:
        """The yes to exactly this."""
        if self.quote.part is Part.EXPANSION:
            return Acceptance.of_apart(session_of(self.quote), self.quote.id)
        standing = Acceptance.standing(self.quote.renewal) if self.quote.state is QuoteState.ACCEPTED else None
        return standing if standing and standing.offer_id == self.version.id else None

    def remarks(self, product: str = "") -> list[Remark]:
        """What both sides said about a line, or about the whole; never what we said among ourselves."""
        return [one for one in self._remarks if one.product == product]

    @cached_property
    def _remarks(self) -> Sequence[Remark]:
        return Remark.of_quote(session_of(self.quote), self.quote.id, inside=False)

    @cached_property
    def _prices(self) -> dict[str, Any]:
        return Policy.named(session_of(self.quote), self.version.policies[0]).content


@dataclass(frozen=True)
class Rounds:
    """The versions a customer knows: those that were sent, and those they asked for; oldest first."""

    proposals: Sequence[Proposal]
    shown: Proposal

    @classmethod
    def of(cls, shown: Proposal) -> "Rounds":
        sent = shown.quote.sent_numbers
        known = [
            Proposal(shown.quote, version) for version in shown.quote.versions
            if version.number in sent or is_theirs(version)
        ]
        return cls(known, shown)

    @property
    def before(self) -> Proposal | None:
        """The version that lay before them until this one did."""
        sent = self.shown.quote.sent_numbers
        earlier = [one for one in self.proposals if one.number in sent and one.number < self.shown.number]
        return earlier[-1] if earlier else None

    @property
    def waiting(self) -> Proposal | None:
        """What they proposed last, while we have not answered it."""
        last = self.proposals[-1]
        is_open = last.number > self.shown.number and last.version.id == last.quote.newest.id
        return last if is_open and last.quote.is_live else None

    def known_as(self, content_hash: str) -> Proposal | None:
        """The version that somebody looked at, by its content."""
        return next((one for one in self.proposals if one.content_hash == content_hash), None)


def is_theirs(version: Offer) -> bool:
    """Whether the customer wrote it."""
    return version.author is not None and not version.author.is_staff


def _spoken(product: str) -> str:
    return product.replace("_", " ").capitalize()
