"""Card: all that somebody needs to decide about one version, on one screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from pricing.asked import Asked
from pricing.economics import Economics
from pricing.money import Money
from pricing.standing import takes
from pricing.term import YEAR
from pricing.trace import Step
from renewals.errors import NotNow, NotYours
from renewals.offer import Offer
from renewals.person import Person
from renewals.pipeline import Listed, Pipeline, Quarter
from renewals.quoting.authority import Authority
from renewals.quoting.basis import Basis
from renewals.quoting.compared import Compared
from renewals.quoting.concession import Concession
from renewals.quoting.deciding import may_decide
from renewals.quoting.precedent import Precedent, precedents
from renewals.quoting.quote import Quote
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review
from renewals.renewal import Renewal


@dataclass
class Card:
    """One review and the version it is about, as `person` sees it. Source: mission L14."""

    session: Session
    review: Review
    person: Person
    at: datetime

    @cached_property
    def quote(self) -> Quote:
        return self.review.quote

    @cached_property
    def version(self) -> Offer:
        return self.review.offer

    @property
    def renewal(self) -> Renewal:
        return self.quote.renewal

    @cached_property
    def basis(self) -> Basis:
        return Basis.of_quote(self.quote, at=self.at)

    @cached_property
    def asked(self) -> Asked:
        return Asked.read(self.version.asked)

    @cached_property
    def reviews(self) -> Sequence[Review]:
        return Review.of_offer(self.session, self.version.id)

    @cached_property
    def authority(self) -> Authority | None:
        """None when somebody else decides, or nobody any more."""
        return None if isinstance(self._may, str) else self._may

    @property
    def why_not(self) -> str:
        """Why this person does not decide it."""
        return self._may if isinstance(self._may, str) else ""

    @cached_property
    def concessions(self) -> Sequence[Concession]:
        """What the versions until this one gave, and what was asked for each; the newest first."""
        until = [one.id for one in self.quote.versions if (one.number or 0) <= (self.version.number or 0)]
        return [one for one in Concession.of_quote(self.session, self.quote.id)[::-1] if one.offer_id in until]

    @cached_property
    def compared(self) -> Compared:
        return Compared.of(self.session, self.quote, self.version)

    @cached_property
    def takes(self) -> Mapping[str, str]:
        """By axis, what it would take for nobody to be asked."""
        return {axis.value: says for axis, says in takes(self.basis.matrix, self.asked).items()}

    @cached_property
    def precedents(self) -> Sequence[Precedent]:
        return precedents(self.session, self.asked, self.quote.renewal_id)

    @cached_property
    def row(self) -> Listed:
        return self._pipeline.one(self.renewal)

    @cached_property
    def quarter(self) -> Quarter:
        return self._pipeline.quarter(self.row)

    @cached_property
    def a_year(self) -> Money:
        return Money(self.version.content["per_year"], self.version.currency)

    @cached_property
    def economics(self) -> Economics | None:
        """None for a year or less: nothing is committed beyond it."""
        if self.version.months <= YEAR:
            return None
        return self.basis.commitment(self.version.years, Step.parse(self.version.content["ask"]))

    @cached_property
    def trace(self) -> Step:
        return Step.parse(self.version.content["trace"])

    @cached_property
    def price(self) -> Step:
        """The first year with each rule once, all lines together."""
        year = self.trace.parts[0]
        merged: dict[tuple[str, str], Step] = {}
        for leaf in _leaves(year):
            key = (leaf.rule, leaf.inputs.get("lever", ""))
            before = merged.get(key)
            merged[key] = replace(leaf, amount=before.amount + leaf.amount) if before else leaf
        return replace(year, parts=tuple(step for step in merged.values() if step.amount))

    @cached_property
    def remarks(self) -> Sequence[Remark]:
        return Remark.of_quote(self.session, self.quote.id, inside=True)

    @cached_property
    def _may(self) -> Authority | str:
        try:
            return may_decide(self.review, by=self.person, at=self.at)
        except (NotNow, NotYours) as no:
            return str(no)

    @cached_property
    def _pipeline(self) -> Pipeline:
        return Pipeline(self.session, self.at.date())


def _leaves(step: Step) -> Sequence[Step]:
    """With only those inputs that are alike for every line of a rule."""
    if step.parts:
        return [leaf for part in step.parts for leaf in _leaves(part)]
    return [replace(step, inputs={name: step.inputs[name] for name in ("lever",) if name in step.inputs})]
