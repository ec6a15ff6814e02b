"""A clause is a term of a contract beside its price: its words, and the figures by which it acts when its day comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pricing.discount import WHOLE, Discount, as_typed
from pricing.proration import OffRamp
from pricing.reading import Reading
from pricing.trace import Json

LANGUAGES = ("en", "ms")
MOST_DAYS = 366


class ClauseKind(StrEnum):
    """What a clause does by itself. Source: Playbook S, "Bina Dalam Fleksibiliti"."""

    TRUE_UP = "true_up"
    """Each year what is used beyond the agreement is counted and charged."""
    OFF_RAMP = "off_ramp"
    """Named events end the term early, with notice and a fee."""
    RENEGOTIATION = "renegotiation"
    """A major change of the product opens a negotiation."""
    PLAIN = "plain"
    """Words alone."""


class Count(StrEnum):
    """How many of a year's months say what is in use."""

    LAST = "last_month"
    HIGHEST = "highest_month"


class LeavingEvent(StrEnum):
    """What may end a term early."""

    ACQUISITION = "acquisition"
    BUSINESS_CHANGE = "business_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """As one version of the library has it, or signed with a term; a free name has no policy, no words and no figures.

    `title` and `words` are by language. Units: `figures` as the policy writes them, days and basis points.
    """

    id: str
    kind: ClauseKind
    policy: str
    standard: bool
    title: Mapping[str, str]
    words: Mapping[str, str]
    figures: Mapping[str, Json]

    @classmethod
    def named(cls, name: str) -> "Clause":
        """One that is in no library: somebody must look at it."""
        spoken = name.replace("_", " ").capitalize()
        return cls(
            id=name, kind=ClauseKind.PLAIN, policy="", standard=False, title=dict.fromkeys(LANGUAGES, spoken),
            words={}, figures={},
        )

    @classmethod
    def read(cls, json: Mapping[str, Json]) -> "Clause":
        """What `json` wrote."""
        return cls(**{**json, "kind": ClauseKind(json["kind"])})

    @classmethod
    def parse(cls, id: str, policy: str, content: Reading) -> "Clause":
        """Raises: PolicyError."""
        kind = ClauseKind(content["kind"].one_of(*ClauseKind))
        content.only("kind", "standard", "title", "words", *FIGURES[kind])
        figures = {name: FIGURES[kind][name](content[name]) for name in FIGURES[kind]}
        return cls(
            id=id, kind=kind, policy=policy, standard=content["standard"].yes(),
            title={language: content["title"][language].text() for language in LANGUAGES},
            words={language: _said(content["words"][language], figures) for language in LANGUAGES}, figures=figures,
        )

    @property
    def json(self) -> dict[str, Json]:
        return {
            "id": self.id, "kind": self.kind.value, "policy": self.policy, "standard": self.standard,
            "title": dict(self.title), "words": dict(self.words), "figures": dict(self.figures),
        }

    def title_in(self, locale: str) -> str:
        return self.title["ms" if locale.startswith("ms") else "en"]

    def words_in(self, locale: str) -> str:
        """Empty for a free name."""
        return self.words.get("ms" if locale.startswith("ms") else "en", "")

    @property
    def count(self) -> Count:
        """Of a true-up."""
        return Count(self.figures["counts"])

    @property
    def off_ramp(self) -> OffRamp:
        """Of an off-ramp."""
        return OffRamp(self.figures["notice_days"], Discount(self.figures["fee_bps"]))

    @property
    def events(self) -> tuple[LeavingEvent, ...]:
        """What an off-ramp is for."""
        return tuple(LeavingEvent(event) for event in self.figures["events"])


@dataclass(frozen=True, slots=True)
class Library:
    """The clauses a deal can name by their id, as one version of policy. Raises: PolicyError, from `parse`.

    Source: mission E4.
    """

    clauses: Mapping[str, Clause]

    @classmethod
    def parse(cls, version: str, content: Mapping[str, Any]) -> "Library":
        page = Reading(dict(content), version)
        page.only("clauses")
        return cls({id: Clause.parse(id, version, clause) for id, clause in page["clauses"].items()})

    def named(self, ids: Sequence[str]) -> tuple[Clause, ...]:
        """These clauses; what is in no library is a free name."""
        return tuple(self.clauses.get(id) or Clause.named(id) for id in ids)


def twice(clauses: Sequence[Clause]) -> ClauseKind | None:
    """A kind that acts, and that stands there more than once: nobody could say which of them counts."""
    acting = [clause.kind for clause in clauses if clause.kind is not ClauseKind.PLAIN]
    return next((kind for kind in acting if acting.count(kind) > 1), None)


def custom(clauses: Sequence[Clause]) -> tuple[str, ...]:
    """The ids of those that policy does not approve by itself."""
    return tuple(clause.id for clause in clauses if not clause.standard)


def _said(content: Reading, figures: Mapping[str, Json]) -> str:
    """The words with their figures in them, so that both say the same. Raises: PolicyError."""
    try:
        return content.text().format(**{name: _spoken(name, value) for name, value in figures.items()})
    except (LookupError, ValueError, AttributeError) as problem:
        known = ", ".join(f"{{{name}}}" for name in figures) or "no figures"
        raise content.refused(f"has a figure that is not there; there are {known}") from problem


def _spoken(name: str, value: Json) -> str:
    return f"{as_typed(value)}%" if name.endswith("_bps") else str(value)


def _events(content: Reading) -> list[str]:
    events = content.names(*LeavingEvent)
    if not events:
        raise content.refused("is empty; something must lead to it")
    return list(events)


FIGURES: Mapping[ClauseKind, Mapping[str, Any]] = {
    ClauseKind.TRUE_UP: {"counts": lambda content: content.one_of(*Count)},
    ClauseKind.OFF_RAMP: {
        "events": _events, "notice_days": lambda content: content.count(1, MOST_DAYS),
        "fee_bps": lambda content: content.count(0, WHOLE),
    },
    ClauseKind.RENEGOTIATION: {"window_days": lambda content: content.count(1, MOST_DAYS)},
    ClauseKind.PLAIN: {},
}
"""What each kind says besides its words, and how it is read."""
