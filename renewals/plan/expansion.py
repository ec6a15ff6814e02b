"""Expansion: whether growth belongs into a renewal, beside it, or later, as far as the data says it.

Source: timeline, "Penilaian Peluang Expansion"; framework, "Bundling vs Pemisahan"; mission D6.
"""

from collections.abc import Callable

from renewals.health import Health

EXPANSION = "expansion_assessment"
"""The playbook's own task, which keeps what was decided."""
NEAR_THE_LIMIT = 90
"""Percent of the seats in use; ours, as routing has it."""
YES, NO, UNKNOWN = "yes", "no", "unknown"


def assessment(
    health: Health, seats: int | None, used: int | None, used_before: int | None, *, is_warned: bool
) -> dict[str, str]:
    """What the task's form begins with: the six signals, the verdict and its reason. What nobody knows is unknown and
    speaks for nothing; where the data does not decide, the verdict is left to whoever does the task.

    Units: seats and people.
    """
    signals = {
        "growth": _answer(used is not None and used_before is not None, lambda: (used or 0) > (used_before or 0)),
        "limit": _answer(bool(seats) and used is not None, lambda: (used or 0) * 100 >= (seats or 0) * NEAR_THE_LIMIT),
        "features": UNKNOWN, "whitespace": UNKNOWN,
        "strength": _answer(health is not Health.UNKNOWN, lambda: health is Health.GREEN and not is_warned),
        "budget": UNKNOWN,
    }
    return signals | _verdict(health, signals)


def _verdict(health: Health, signals: dict[str, str]) -> dict[str, str]:
    """At risk apart, healthy and clear together, and what is only hoped for side by side."""
    grows = YES in (signals["growth"], signals["limit"])
    if health is Health.RED:
        return _said("separate", "The renewal is at risk: secure it first, and look at growth again after it.")
    if signals["strength"] == YES and grows:
        return _said("bundle", "They are healthy, and their use shows a clear chance to grow.")
    if grows:
        return _said("parallel", "There is a chance to grow, but not so clear that the renewal should wait for it.")
    return {}


def _said(decision: str, reason: str) -> dict[str, str]:
    return {"decision": decision, "reason": reason}


def _answer(known: bool, holds: Callable[[], bool]) -> str:
    if not known:
        return UNKNOWN
    return YES if holds() else NO
