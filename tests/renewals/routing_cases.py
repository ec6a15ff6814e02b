"""The table: renewals with a name, and how each is run. Shared by every test of routing."""

from dataclasses import dataclass, field
from typing import Any

from pricing.money import Money


@dataclass(frozen=True)
class Case:
    """What a renewal is, and what is expected of it; `decided` is what a person said instead.

    Units: `minor` of the currency, a year.
    """

    name: str
    currency: str
    minor: int
    segment: str
    opportunity: str = "flat"
    touch: str = "negotiated"
    strategy: str = "streamlined_confirmation"
    owner: str = "csm"
    rule: str = "up_to_large"
    known: dict[str, Any] = field(default_factory=dict)
    serve_as: str | None = None
    decided: dict[str, str] = field(default_factory=dict)


BOUNDS = {
    "USD": (1_000_000, 5_000_000, 10_000_000), "EUR": (900_000, 4_500_000, 9_000_000),
    "GBP": (800_000, 4_000_000, 8_000_000), "SGD": (1_350_000, 6_750_000, 13_500_000),
    "MYR": (4_500_000, 22_500_000, 45_000_000), "JPY": (1_500_000, 7_500_000, 15_000_000),
    "KWD": (3_000_000, 15_000_000, 30_000_000),
}
"""10K, 50K and 100K dollars a year, and what a company of that size pays elsewhere. Units: minor units."""

SALES: dict[str, str] = {"owner": "ae", "rule": "large"}


def _boundaries(currency: str) -> list[Case]:
    small, large, enterprise = BOUNDS[currency]
    where = f"in {currency}"
    return [
        Case(f"one minor unit below 10K {where}", currency, small - 1, "smb", touch="assisted"),
        Case(f"exactly 10K {where}", currency, small, "mid-market"),
        Case(f"one minor unit above 10K {where}", currency, small + 1, "mid-market"),
        Case(f"one minor unit below 50K {where}", currency, large - 1, "mid-market"),
        Case(f"exactly 50K {where} belongs to sales", currency, large, "mid-market", **SALES),
        Case(f"one minor unit above 50K {where}", currency, large + 1, "mid-market", **SALES),
        Case(f"one minor unit below 100K {where}", currency, enterprise - 1, "mid-market", **SALES),
        Case(f"exactly 100K {where}", currency, enterprise, "enterprise", **SALES),
        Case(f"one minor unit above 100K {where}", currency, enterprise + 1, "enterprise", **SALES),
    ]


MANDATE: dict[str, Any] = {"auto_renew": True, "payment_on_file": True}
SMALL, MIDDLE, BIG = 800_000, 2_400_000, 24_000_000


def _smb(name: str, touch: str = "assisted", known: dict[str, Any] | None = None, **more: Any) -> Case:
    return Case(name, "USD", SMALL, "smb", touch=touch, known={"health": "green", "score": 85} | (known or {}), **more)


def _middle(name: str, known: dict[str, Any], **more: Any) -> Case:
    return Case(name, "USD", MIDDLE, "mid-market", known=known, **more)


AT_RISK: dict[str, str] = {"opportunity": "at_risk", "strategy": "save_mode"}
RED: dict[str, Any] = {"health": "red", "score": 30}
GREEN: dict[str, Any] = {"health": "green", "score": 85}
AGAINST_AUTO: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("there is no clause", {"auto_renew": False}, {}), ("the card dies before", {"payment_on_file": False}, {}),
    ("something is owed", {"good_standing": False}, {}), ("they said no", {"declined": True}, AT_RISK),
    ("it is in the red", RED, AT_RISK),
    ("ties are weak", {"relationship": "weak"}, {"strategy": "relationship_rebuild"}),
]

CASES = [
    *(case for currency in BOUNDS for case in _boundaries(currency)),
    # Touch: what has to come together for a renewal to run by itself
    _smb("clause, card, nothing owed", "auto", MANDATE),
    _smb("no clause", known=MANDATE | {"auto_renew": False}),
    _smb("no card that lives until then", known=MANDATE | {"payment_on_file": False}),
    _smb("something is owed", known=MANDATE | {"good_standing": False}),
    _smb("weak ties", known=MANDATE | {"relationship": "weak"}, strategy="relationship_rebuild"),
    _smb("medium ties are enough", "auto", MANDATE | {"relationship": "medium"}),
    _smb("red never runs by itself", known=MANDATE | RED, **AT_RISK),
    _smb("yellow may", "auto", MANDATE | {"health": "yellow", "score": 62}, strategy="value_reinforcement"),
    _smb("nobody knows how they are", "auto", MANDATE | {"health": "unknown", "score": None}),
    _smb("they said no", known=MANDATE | {"declined": True}, **AT_RISK),
    _smb("strategic, however small", "negotiated", MANDATE | {"strategic": True}),
    _middle("a card and a clause do not make a larger one run by itself", MANDATE | GREEN),
    # Opportunity and strategy
    _middle("in the red", RED, **AT_RISK),
    _middle("red and nearly full is saved first", RED | {"seats_used": 95}, **AT_RISK),
    _middle("nearly every seat is in use", GREEN | {"seats_used": 90}, opportunity="expansion",
            strategy="expansion_focus"),
    _middle("one seat in a hundred fewer", GREEN | {"seats_used": 89}),
    _middle("we aim higher", GREEN | {"hopes_for_more": True}, opportunity="expansion", strategy="expansion_focus"),
    _middle("yellow and growing is renewed first", {"health": "yellow", "score": 65, "seats_used": 95},
            strategy="value_reinforcement"),
    _middle("yellow and low", {"health": "yellow", "score": 59}, strategy="issue_resolution"),
    _middle("yellow at sixty", {"health": "yellow", "score": 60}, strategy="value_reinforcement"),
    _middle("talked about before its plan", GREEN | {"ahead": True}, opportunity="early"),
    _middle("red and talked about early is at risk", RED | {"ahead": True}, **AT_RISK),
    _middle("half of it unused", GREEN | {"seats_used": 59}, strategy="value_reinforcement"),
    _middle("weak ties come before a yellow score", {"health": "yellow", "score": 55, "relationship": "weak"},
            strategy="relationship_rebuild"),
    # Owner
    _smb("many small ones are a specialist’s", known={"high_volume": True}, owner="specialist", rule="many_small"),
    _middle("many small ones do not change who has a larger one", GREEN | {"high_volume": True}),
    Case("strategic and large", "USD", BIG, "enterprise", known=GREEN | {"strategic": True}, **SALES),
    # What a person decided
    Case("95K that will grow is served as enterprise", "USD", 9_500_000, "enterprise", serve_as="enterprise", **SALES),
    Case("110K on autopilot for years runs as mid-market", "USD", 11_000_000, "mid-market", serve_as="mid-market",
         **SALES),
    Case("9K served as mid-market is negotiated", "USD", 900_000, "mid-market", serve_as="mid-market"),
    Case("12K served as small runs by itself", "USD", 1_200_000, "smb", touch="auto", serve_as="smb", known=MANDATE),
    _smb("run by itself, and somebody wants a look", known=MANDATE, decided={"touch": "assisted"}),
    Case("an enterprise that may run by itself", "USD", BIG, "enterprise", touch="auto", known=MANDATE,
         decided={"touch": "auto"}, **SALES),
    *(_middle(f"let run by itself, but {name}", MANDATE | GREEN | known, decided={"touch": "auto"}, **more)
      for name, known, more in AGAINST_AUTO),
    _middle("said to be at risk, so it is saved", GREEN, decided={"opportunity": "at_risk"}, **AT_RISK),
    _middle("said to be flat, so growth does not lead", GREEN | {"seats_used": 95}, decided={"opportunity": "flat"}),
    _middle("another strategy, and nothing else changes", GREEN, strategy="issue_resolution",
            decided={"strategy": "issue_resolution"}),
]


def money(case: Case) -> Money:
    return Money(case.minor, case.currency)
