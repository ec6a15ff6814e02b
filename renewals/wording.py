"""Wording: the words of one letter in each language, as the company decided them, version by version."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from renewals.errors import Malformed, NotFound
from renewals.message import ABOUT_RENEWAL, TO_STAFF, MessageKind
from renewals.policy import Policy, PolicyKind
from renewals.segment import Segment

LOCALES = ("en", "ms")
ALL = "all"
"""For whoever has no words of their own."""
PARTS = ("user", "champion", "economic_buyer", "decision_maker", "technical_buyer", "legal", "procurement")
"""Source: timeline, "Pemetaan Stakeholder"."""
SEGMENTS = tuple(segment.value for segment in Segment)
WORDED = (ABOUT_RENEWAL | TO_STAFF) - {
    MessageKind.HANDOFF, MessageKind.QUESTION, MessageKind.ALERT, MessageKind.HELD_BACK, MessageKind.NOTICE_UNSERVED,
    MessageKind.HEALTH_FELL, MessageKind.STUCK, MessageKind.APPROVAL_ASKED, MessageKind.APPROVAL_OVERDUE,
    MessageKind.QUOTE_DECIDED, MessageKind.QUOTE_ANSWERED, MessageKind.PROPOSAL,
}
"""The letters whose words are the company's; the others are part of the program."""

PLACES: Mapping[str, str] = {
    "first_name": "The reader's first name",
    "account": "The customer's name",
    "plan": "What renews: Growth",
    "seats": "20 seats",
    "used": "How many of them are used: 17",
    "renews_on": "The renewal date: Friday, 4 September 2026; short in a subject",
    "renews_in": "How far away it is: in 30 days",
    "price": "What a year costs today; in a thank-you, what it costs from now on",
    "owner": "Who looks after them",
    "owner_first_name": "Their first name",
    "vendor": "Our own name",
}
"""What every letter may name."""
TOLD: Mapping[str, str] = {
    "decide_by": "The last day to say no; nothing once it has passed",
    "decide_in": "How far away that is",
    "otherwise": "What happens when nobody decides, as their agreement has it",
    "value": "What the year was worth, in one sentence, as far as the value story knows it",
    "hours_saved": "312 hours, when the value story has them",
    "worth": "What those are worth, when the value story has it",
}
"""What a customer may be told as well."""
OFFERED: Mapping[str, str] = {
    "new_price": "What a year costs from the renewal on, as they have it now",
    "term": "4 Sep 2026 to 3 Sep 2027",
    "card": "Visa ending 4242, when there is one on file",
}
"""What is said from T-30 on, when the options are on the table. Source: framework, "Automasi mengikut tarikh"."""
SIGNED: Mapping[str, str] = {"term": OFFERED["term"], "next_renews_on": "When it renews next"}
OURS: Mapping[str, str] = {
    "health": "Green, yellow, red or not known",
    "stage": "Engaged",
    "segment": "Mid-market",
    "decide_by": TOLD["decide_by"],
}
"""What no customer is told."""
NEWS: Mapping[MessageKind, Mapping[str, str]] = {
    MessageKind.PAUSED: {"letter": "What was to be sent"},
    MessageKind.UNDELIVERED: {
        "letter": "What was to be sent", "reader": "To whom", "why": "Why it did not arrive",
    },
}
"""What only the occasion of a letter knows."""

NOT_OFFERED = frozenset({MessageKind.REMINDER, MessageKind.FRIENDLY_LETTER})
"""Letters that may go out before the options are on the table."""
DAYS, SUMS = frozenset({"renews_on", "next_renews_on"}), frozenset({"price", "new_price"})
SURE = DAYS | SUMS | {"account", "plan", "first_name", "renews_in", "vendor"}
"""What is always known, so that no subject is left empty."""


@dataclass(frozen=True, slots=True)
class Words:
    """One letter in one language; `gateways.stencil` explains the markup."""

    subject: str
    body: str

    @classmethod
    def typed(cls, subject: str, body: str) -> "Words":
        """As somebody typed it into a form: lines without spaces at their ends, one empty line between parts."""
        lines = "\n".join(line.strip() for line in body.replace("\r\n", "\n").split("\n"))
        return cls(subject.strip(), re.sub(r"\n{3,}", "\n\n", lines).strip())


@dataclass(frozen=True, slots=True)
class Wording:
    """One letter. `segment` and `part` say for whom.

    Units: `since` is the version of the `letters` policy that brought these words; 0 when there are none of its own.
    """

    kind: MessageKind
    segment: str
    part: str
    since: int
    words: Mapping[str, Words]

    @property
    def key(self) -> str:
        return f"{self.kind.value}.{self.segment}.{self.part}"

    @property
    def name(self) -> str:
        """As a message cites it: `reminder.all.champion@3`."""
        return f"{self.key}@{self.since}"

    @property
    def is_for_staff(self) -> bool:
        return self.kind in TO_STAFF

    def in_language(self, locale: str) -> Words:
        return self.words.get(locale) or self.words[LOCALES[0]]


def known_to(kind: MessageKind) -> Mapping[str, str]:
    """The places a letter may name, each with its meaning. The button's link is no place of its own."""
    if kind in TO_STAFF:
        return {**PLACES, **OURS, **NEWS.get(kind, {})}
    if kind is MessageKind.THANKS:
        return {**PLACES, **SIGNED}
    return {**PLACES, **TOLD, **({} if kind in NOT_OFFERED else OFFERED)}


def must_say(kind: MessageKind, in_subject: Set[str], *, buttons: int) -> None:
    """What every letter says. Raises: Malformed."""
    if not in_subject & DAYS or not in_subject & SUMS:
        raise Malformed("A subject names the date and the money, such as {{ renews_on }} and {{ price }}.", "subject")
    if unsure := sorted(in_subject - SURE):
        raise Malformed(f"{{{{ {unsure[0]} }}}} is not always known; leave it out of the subject.", "subject")
    if buttons != 1:
        raise Malformed("A letter has one button, alone between empty lines: [See the renewal]({{ link }})", "body")


@dataclass(frozen=True, slots=True)
class Wordings:
    """Every letter of one version of the `letters` policy."""

    number: int
    every: tuple[Wording, ...]

    @classmethod
    def in_force(cls, session: Session, on: date) -> "Wordings":
        """Raises: NotNow when the company has none yet."""
        return cls.of(Policy.in_force(session, PolicyKind.LETTERS, on))

    @classmethod
    def of(cls, policy: Policy) -> "Wordings":
        return cls(policy.number, tuple(_read(policy.content)))

    def best(self, kind: MessageKind, segment: str, part: str) -> Wording:
        """The words nearest to the reader: of their part in their segment, of their part, of their segment, of all."""
        for key in ((segment, part), (ALL, part), (segment, ALL), (ALL, ALL)):
            if found := self._exact(kind, *key):
                return found
        raise NotFound

    def find(self, key: str) -> Wording:
        """Its own words, or those it has in common with others, to begin from. Raises: NotFound."""
        kind, segment, part = parsed(key)
        return self._exact(kind, segment, part) or replace(
            self.best(kind, segment, part), segment=segment, part=part, since=0
        )

    def _exact(self, kind: MessageKind, segment: str, part: str) -> Wording | None:
        wanted = (kind, segment, part)
        return next((one for one in self.every if (one.kind, one.segment, one.part) == wanted), None)


def _read(content: Mapping[str, Any]) -> Iterator[Wording]:
    for one in content["letters"]:
        said = {locale: one[locale] for locale in LOCALES if locale in one}
        words = {locale: Words(text["subject"], "\n\n".join(text["body"])) for locale, text in said.items()}
        kind, segment, part = MessageKind(one["kind"]), one.get("segment", ALL), one.get("part", ALL)
        yield Wording(kind, segment, part, one.get("since", 1), words)


def letters_of(content: Mapping[str, Any]) -> tuple[Wording, ...]:
    """The letters of a policy from outside.

    Raises: Malformed when they can not be read, or somebody would get no words.
    """
    try:
        every = tuple(_read(content))
    except (KeyError, TypeError, ValueError, AttributeError) as no:
        raise Malformed(f"The letters can not be read: {no!r}.") from no
    lacking = WORDED - {one.kind for one in every if one.segment == one.part == ALL}
    if lacking:
        raise Malformed(f"There are no words for everybody in: {', '.join(sorted(lacking))}.")
    return every


def written(wording: Wording) -> dict[str, Any]:
    """As the policy holds it."""
    words = {
        locale: {"subject": said.subject, "body": said.body.split("\n\n")} for locale, said in wording.words.items()
    }
    return {
        "kind": wording.kind.value, "segment": wording.segment, "part": wording.part, "since": wording.since, **words
    }


def parsed(key: str) -> tuple[MessageKind, str, str]:
    """What a letter's key names. Raises: NotFound."""
    kind, _, rest = key.partition(".")
    segment, _, part = rest.partition(".")
    known = kind in {one.value for one in WORDED}
    if not known or segment not in (ALL, *SEGMENTS) or part not in (ALL, *PARTS):
        raise NotFound
    return MessageKind(kind), segment, part
