"""ProposalTemplate: which sections a proposal has for one segment, in which order, and the words each begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from pricing.money import Money
from pricing.reading import Reading
from renewals.policy import Policy, PolicyKind
from renewals.segment import Segment
from renewals.wording import LOCALES


class Section(StrEnum):
    """In the playbook's own order. Source: timeline, "Pembangunan Proposal"; mission E7."""

    SUMMARY = "summary"
    VALUE = "value"
    TERMS = "terms"
    EXPANSION = "expansion"
    STEPS = "steps"
    APPROVALS = "approvals"
    CONTACTS = "contacts"
    ACCEPTANCE = "acceptance"


ALWAYS = (Section.TERMS, Section.ACCEPTANCE)
"""What nobody can leave out: what is agreed to, and how."""
PLACES: Mapping[str, str] = {
    "account": "The customer's name",
    "vendor": "Our own name",
    "plan": "What renews: Growth",
    "customer_since": "Since when they are a customer: March 2021",
    "seats": "What they hold today: 20 seats",
    "used": "How many of them are used: 17",
    "per_year": "What a full first year costs",
    "change": "Against today: USD 576 more than today",
    "total": "What the whole term costs",
    "months": "For how long: 2 years",
    "starts_on": "When it begins: 4 September 2026",
    "valid_until": "The last day to accept it",
    "value": "What the year was worth, in one sentence, as far as the value story knows it",
    "hours_saved": "312 hours, when the value story has them",
    "worth": "What those are worth, when the value story has it",
    "owner": "Who looks after them",
}
"""What the words of a section may name. What is not known leaves its line out."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One section, and its first words by language; "" where it has none. `gateways.stencil` explains the markup."""

    section: Section
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProposalTemplate:
    """Units: `number` is the version of the `proposal` policy it stands in."""

    segment: Segment
    number: int
    openings: Sequence[Opening]

    @property
    def name(self) -> str:
        """As a proposal cites it: `smb@3`."""
        return f"{self.segment.value}@{self.number}"

    @property
    def policy(self) -> str:
        """As a customer may read it, who is not told their segment."""
        return f"{PolicyKind.PROPOSAL.value}@{self.number}"

    @property
    def sections(self) -> list[Section]:
        return [one.section for one in self.openings]

    def words(self, section: Section, locale: str) -> str:
        """The first words of a section; "" where it has none, or is left out."""
        return self.words_in(section, locale) or self.words_in(section, LOCALES[0])

    def words_in(self, section: Section, locale: str) -> str:
        """As `words`, in this language alone."""
        said = next((one.words for one in self.openings if one.section is section), {})
        return said.get(locale, "")

    @property
    def written(self) -> list[dict[str, str]]:
        """As the policy holds it."""
        return [{"section": one.section.value, **one.words} for one in self.openings]

    @classmethod
    def named(cls, session: Session, name: str) -> "ProposalTemplate":
        """The version that was cited as `smb@3`. Raises: NotFound."""
        segment, _, number = name.partition("@")
        policy = Policy.named(session, f"{PolicyKind.PROPOSAL.value}@{number}")
        return Templates.of(policy).of_segment[Segment(segment)]


@dataclass(frozen=True, slots=True)
class Templates:
    """Every template of one version of the `proposal` policy.

    Units: `one_action_up_to` in minor units a year, by currency; in one that is not named nothing is that small.
    """

    of_segment: Mapping[Segment, ProposalTemplate]
    one_action_up_to: Mapping[str, int]

    @classmethod
    def of(cls, policy: Policy) -> "Templates":
        return policy.parsed(cls.parse)

    @classmethod
    def parse(cls, name: str, content: Mapping[str, Any]) -> "Templates":
        """Raises: PolicyError."""
        page, number = Reading(content, name), int(name.partition("@")[2] or 0)
        page.only("one_action_up_to", "segments")
        page["segments"].only(*Segment)
        bounds = {currency: bound.count() for currency, bound in page["one_action_up_to"].items()}
        return cls({each: _template(each, number, page["segments"][each]) for each in Segment}, bounds)

    def fitting(self, segment: Segment, a_year: Money) -> ProposalTemplate:
        """What is made in one action takes the shortest one, whatever its segment.

        Source: framework, "Jana Proposal Lebih Cepat": SMB at 15K within ten minutes; mission E7.
        """
        is_small = a_year.minor <= self.one_action_up_to.get(a_year.currency, -1)
        return self.of_segment[Segment.SMB if is_small else segment]


def _template(segment: Segment, number: int, page: Reading) -> ProposalTemplate:
    openings = [_opening(one) for one in page.each()]
    sections = [one.section for one in openings]
    if len(set(sections)) < len(sections):
        raise page.refused("has a section twice")
    if lacking := [each.value for each in ALWAYS if each not in sections]:
        raise page.refused(f"has no {' and no '.join(lacking)}; a proposal always says what is agreed to, and how")
    return ProposalTemplate(segment, number, tuple(openings))


def _opening(page: Reading) -> Opening:
    page.only("section", *LOCALES)
    said = {locale: page[locale].text() for locale in LOCALES if page.get(locale)}
    return Opening(Section(page["section"].one_of(*Section)), said)
