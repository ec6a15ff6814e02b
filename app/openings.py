"""Openings: the first words of a proposal's sections, as its template has them, in a reader's language."""

from dataclasses import dataclass
from datetime import date, datetime

from app import worth
from app.house import House
from app.html import Language
from gateways.stencil import Openings, Part, fill_opening, names_of
from pricing.quoting import Quoted
from renewals.quoting.basis import Basis
from renewals.quoting.enclosed import optional
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import usual_last_day
from renewals.quoting.template import ProposalTemplate, Section
from renewals.renewal import Renewal
from renewals.value import ACTIVE_USERS, ValueStory


def openings_of(house: House, proposal: Proposal, locale: str) -> Openings:
    """Of what was sent, by the version of the template it was sent by."""
    proposed = Proposed(
        proposal.quote.renewal, proposal.quoted, proposal.names[proposal.today.plan], proposal.value,
        proposal.quote.valid_until, house.vendor.name, house.html.language(locale),
    )
    return {section.value: proposed.opening(proposal.template, section) for section in proposal.sections}


def preview(house: House, template: ProposalTemplate, renewal: Renewal, locale: str, *, at: datetime) -> Openings:
    """Of what would be proposed to somebody today. Nothing is written. Raises: DealError, NotNow."""
    basis = Basis.of(renewal, at=at)
    choice, deal = basis.choice, basis.recommended
    proposed = Proposed(
        renewal, basis.price(deal), choice.plan_name, choice.value, usual_last_day(renewal, basis.on),
        house.vendor.name, house.html.language(locale),
    )
    silent = set() if list(optional(basis, deal)) else {Section.EXPANSION}
    said = [section for section in template.sections if section not in silent]
    return {section.value: proposed.opening(template, section) for section in said}


@dataclass
class Proposed:
    """What a section may name; "" is what is not known."""

    renewal: Renewal
    quoted: Quoted
    plan: str
    story: ValueStory
    last_day: date | None
    vendor: str
    language: Language

    def opening(self, template: ProposalTemplate, section: Section) -> tuple[Part, ...]:
        text = template.words(section, self.language.locale)
        return fill_opening(text, {name: getattr(self, name) for name in names_of(text)})

    @property
    def account(self) -> str:
        return self.renewal.account.name

    @property
    def owner(self) -> str:
        owner = self.renewal.looked_after_by
        return owner.name if owner else ""

    @property
    def customer_since(self) -> str:
        since = self.renewal.account.customer_since
        return self.language.month_year(since) if since else ""

    @property
    def seats(self) -> str:
        return self._many("%(num)s seat", "%(num)s seats", self.renewal.seats) if self.renewal.seats else ""

    @property
    def used(self) -> str:
        used = self.story.latest(ACTIVE_USERS)
        return "" if used is None else self.language.number(used)

    @property
    def per_year(self) -> str:
        return self.language.money(self.quoted.per_year)

    @property
    def change(self) -> str:
        """USD 576.00 more than today."""
        _, money = self.language.words.gettext, self.quoted.against_today
        if not money:
            return _("the same as today")
        words = _("%(amount)s more than today") if money.minor > 0 else _("%(amount)s less than today")
        return words % {"amount": self.language.money(money if money.minor > 0 else -money)}

    @property
    def total(self) -> str:
        return self.language.money(self.quoted.total)

    @property
    def months(self) -> str:
        return self._many("%(num)s month", "%(num)s months", self.quoted.months)

    @property
    def starts_on(self) -> str:
        return self.language.plain_day(self.quoted.starts_on)

    @property
    def valid_until(self) -> str:
        return self.language.plain_day(self.last_day) if self.last_day else ""

    @property
    def value(self) -> str:
        return worth.sentence(self.story, self.vendor, self.language)

    @property
    def hours_saved(self) -> str:
        return worth.hours_saved(self.story, self.language)

    @property
    def worth(self) -> str:
        return worth.worth(self.story, self.language)

    def _many(self, one: str, many: str, count: int) -> str:
        return self.language.words.ngettext(one, many, count) % {"num": self.language.number(count)}
