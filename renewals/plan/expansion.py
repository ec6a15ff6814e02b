"""Expansion: whether growth belongs into a renewal, beside it, or later, as far as the data says it.

Source: timeline, "Penilaian Peluang Expansion"; framework, "Bundling vs Pemisahan" and "Bila Untuk Menyimpan Mereka
Berasingan"; mission D6.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from renewals.errors import Malformed
from renewals.health import Health
from renewals.plan.wanting import Asking

EXPANSION, PIPELINE = "expansion_assessment", "expansion_pipeline"
"""The playbook's own tasks: what was decided, and what is looked at again after the renewal."""
NEAR_THE_LIMIT = 90
"""Percent of the seats in use; ours, as routing has it."""
YES, NO, UNKNOWN = "yes", "no", "unknown"
SIX = ("growth", "limit", "features", "whitespace", "strength", "budget")
LATER = ("first", "involve", "look_again_on", "value")
"""What the assessment hands on to the task that looks again."""
IF_NO = {
    "why_not": "Say why not.", "first": "Say what must happen first.", "involve": "Say whom to involve.",
    "look_again_on": "Choose the day to look again.",
}
"""Source: timeline, "dokumentasikan mengapa tidak dan rancang untuk semak semula post-renewal"."""

CLEAR = "They are healthy, and there is a clear chance to grow."
HOPED_FOR = "There is a chance to grow, but not so clear that the renewal should wait for it."
NOT_ASKED_FOR = "There is more that they could use, but nobody asked for it: explore it beside the renewal."
AT_RISK = "The renewal is at risk: secure it first, and look at growth again after it."
WRONG_TIME = "The time is wrong: the budget for more is not ready yet."
OURS = frozenset({CLEAR, HOPED_FOR, NOT_ASKED_FOR, AT_RISK, WRONG_TIME})
"""What the form begins with; it goes when the answers lead elsewhere."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the data says; None is not known. `asked` is what they said of a product that they do not have, `unsold`
    what of the catalogue they could add to their plan. The budget, and who decides on more, only people can say.

    Units: seats and people.
    """

    health: Health
    is_warned: bool
    seats: int | None = None
    used: int | None = None
    used_before: int | None = None
    asked: Sequence[Asking] = ()
    unsold: Sequence[str] | None = None


def assessment(signs: Signs) -> dict[str, Any]:
    """What the task's form begins with: the signals, the verdict and its reason. What nobody knows is unknown and
    speaks for nothing; where the data does not decide, the verdict is left to whoever does the task."""
    seats, used, before = signs.seats, signs.used, signs.used_before
    signals = {
        "growth": _answer(used is not None and before is not None, lambda: (used or 0) > (before or 0)),
        "limit": _answer(bool(seats) and used is not None, lambda: (used or 0) * 100 >= (seats or 0) * NEAR_THE_LIMIT),
        "features": YES if signs.asked else UNKNOWN,
        "whitespace": _answer(signs.unsold is not None, lambda: bool(signs.unsold)),
        "strength": _answer(
            signs.health is not Health.UNKNOWN, lambda: signs.health is Health.GREEN and not signs.is_warned
        ),
        "budget": UNKNOWN, "others": UNKNOWN,
    }
    notes = {
        "features_note": "; ".join(one.said for one in signs.asked), "whitespace_note": ", ".join(signs.unsold or ()),
    }
    verdict = _verdict(signs.health, signals)
    return signals | {name: note for name, note in notes.items() if note} | _written(verdict)


def concluded(outcome: Mapping[str, Any], health: Health, asked: Set[str]) -> dict[str, Any]:
    """The answers with what follows from them: how many signals there are, and the reason where nobody wrote another.
    `asked` are the answers that there is room for.

    Raises: Malformed for growth that would hold the renewal up, and for a no without what comes after it.
    """
    decision, apart = outcome["decision"], _apart(health, outcome)
    if apart and decision in ("bundle", "parallel"):
        raise Malformed(f"{apart} So keep it separate.", "decision")
    if decision == "none":
        for name, wanted in IF_NO.items():
            if name in asked and not outcome.get(name):
                raise Malformed(wanted, name)
    said = {name: value for name, value in outcome.items() if name != "reason" or value not in OURS}
    verdict = _written(_verdict(health, outcome))
    reason = {"reason": verdict["reason"]} if verdict.get("decision") == decision else {}
    return {"signals": sum(outcome.get(name) == YES for name in SIX), **reason, **said}


def _verdict(health: Health, signals: Mapping[str, Any]) -> tuple[str, str] | None:
    """At risk, other people or a wrong time apart; healthy and clear together; what is only hoped for side by side."""
    if apart := _apart(health, signals):
        return "separate", apart
    is_clear = YES in (signals.get("growth"), signals.get("limit"), signals.get("features"))
    if signals.get("strength") == YES and is_clear:
        return "bundle", CLEAR
    if is_clear:
        return "parallel", HOPED_FOR
    if signals.get("whitespace") == YES:
        return "parallel", NOT_ASKED_FOR
    return None


def _apart(health: Health, signals: Mapping[str, Any]) -> str:
    """Why growth must not be in the renewal; "" where nothing speaks against it."""
    if health is Health.RED:
        return AT_RISK
    if signals.get("others") == YES:
        who = signals.get("others_note")
        return f"Other people decide on it{f', {who}' if who else ''}: they must not complicate the renewal."
    if signals.get("budget") == NO:
        return WRONG_TIME
    return ""


def _written(verdict: tuple[str, str] | None) -> dict[str, str]:
    return {"decision": verdict[0], "reason": verdict[1]} if verdict else {}


def _answer(known: bool, holds: Callable[[], bool]) -> str:
    if not known:
        return UNKNOWN
    return YES if holds() else NO
