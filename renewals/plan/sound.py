"""Sound: what holds of every plan policy, whoever wrote it: on the page, in a file, or long ago."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from itertools import combinations, product
from typing import Any

from pricing.reading import PolicyError, Reading
from renewals.errors import Malformed
from renewals.plan.catalogue import EARLIEST
from renewals.plan.readers import PLAYED_BY
from renewals.plan.rule import AFTER, NOTICE, TO_CUSTOMERS, ActionKind, Rule, key_of, read_rule, rules
from renewals.plan.schedule import said_of
from renewals.plan.touch import Touch
from renewals.renewal import RenewalState
from renewals.segment import Segment

RENEWAL_FROM = 60
"""Days before the renewal date; no renewal message leaves earlier. Source: framework, "Automasi mengikut tarikh":
nothing reaches a customer before T-60 unless a person sends it."""
COMPACT_FROM = 30
"""Days before the renewal date; what renews by itself begins no later, or its plan would begin inside the days of the
legal notice. Source: the shipped `notice` policy, `window_from`."""
RECOVERY_FROM = 180
"""Days before the renewal date. Source: timeline, "At-risk (180+ hari)"."""
MOST = 20
"""Milestones of one plan."""
LAST_RETRY = -14
"""A charge is tried again while the old term's grace lasts. Units: days before the renewal date."""
PARTS = ("days", "earlier", "auto")
FIXED_AT: Mapping[ActionKind, tuple[int, ...]] = {ActionKind.LEGAL_NOTICE: (), ActionKind.CLOSE: (0,)}
"""What is for everybody, on a day that nobody chooses."""
FIXED = frozenset(FIXED_AT)


def must_be_sound(content: Mapping[str, Any]) -> None:
    """Raises: Malformed with a sentence, naming the field where one is at fault."""
    try:
        _read(Reading(dict(content), "The plan policy"))
    except PolicyError as no:
        raise Malformed(str(no)) from no
    for segment in Segment:
        for part, days in content["plans"][segment.value].items():
            _must_be_a_plan(f"days.{segment.value}.{part}", part, days, content["plans"][segment.value]["days"])
    if RECOVERY_FROM not in content["plans"]["recovery"]:
        raise Malformed(f"A recovery begins at T-{RECOVERY_FROM}; that day stays.", "days.recovery")
    _must_not_clash(rules(content))
    for written in content["automation"]:
        _must_be_a_rule(read_rule(written), off=bool(written.get("off")), plans=content["plans"])
    if lacking := FIXED - {rule.kind for rule in rules(content)}:
        raise Malformed(_fixed(min(lacking)))


def field_of(rule: Rule, part: str) -> str:
    """What a form calls one thing about a rule."""
    return f"rule.{rule.kind.value}.{part}"


def _must_be_a_plan(field: str, part: str, days: Sequence[int], usual: Sequence[int]) -> None:
    if len(set(days)) < len(days):
        raise Malformed("A milestone stands in a plan once.", field)
    if len(days) > MOST:
        raise Malformed(f"{MOST} milestones are the most of one plan.", field)
    if part == "earlier":
        if any(day <= max(usual) for day in days):
            raise Malformed(f"What begins earlier begins before the plan’s own first day, T-{max(usual)}.", field)
        return
    if not {0, AFTER} <= set(days):
        raise Malformed("T-0 and the day after belong to every plan; neither can be taken out.", field)
    if min(days) < AFTER:
        raise Malformed("After the renewal date a plan has the day after it, and no other.", field)
    if max(days) < 1:
        raise Malformed("A plan has at least one milestone before the renewal date.", field)
    if part == "auto" and max(days) < COMPACT_FROM:
        raise Malformed(
            f"What renews by itself begins at T-{COMPACT_FROM} or before; later, its plan would begin inside the days "
            "of the legal notice.", field,
        )


def _must_be_a_rule(rule: Rule, *, off: bool, plans: Mapping[str, Any]) -> None:
    if (rule.kind in FIXED and (off or rule.segments or rule.touch)) or rule.at != FIXED_AT.get(rule.kind, rule.at):
        raise Malformed(_fixed(rule.kind), field_of(rule, "at"))
    if not rule.at and rule.kind is not ActionKind.LEGAL_NOTICE:
        raise Malformed("Only the legal notice goes by its own day.", field_of(rule, "at"))
    least, most = _span(rule.kind)
    for day in rule.at:
        if not least <= day <= most:
            raise Malformed(_beyond(rule.kind), field_of(rule, "at"))
    if not (off or rule.always or rule.kind in FIXED):
        _must_stand_somewhere(rule, plans)


def _span(kind: ActionKind) -> tuple[int, int]:
    """The days on which it can be done. Units: days before the renewal date."""
    if kind is ActionKind.THANKS:
        return AFTER, AFTER
    if kind is ActionKind.RETRY:
        return LAST_RETRY, AFTER
    return 0, RENEWAL_FROM if kind in TO_CUSTOMERS else EARLIEST


def _beyond(kind: ActionKind) -> str:
    if kind is ActionKind.THANKS:
        return "We thank them on the day after; it follows the signature."
    if kind is ActionKind.RETRY:
        return f"A charge is tried again from the day after to T+{-LAST_RETRY}."
    if kind in TO_CUSTOMERS:
        return f"No renewal message reaches a customer before T-{RENEWAL_FROM}, or after the renewal date."
    return f"Choose days from T-{EARLIEST} to T-0."


def _fixed(kind: ActionKind) -> str:
    if kind is ActionKind.LEGAL_NOTICE:
        return "The legal notice is for every contract that renews by itself; it is neither moved nor switched off."
    return "On its date it is seen whether a renewal closes, for everybody; that is neither moved nor switched off."


def _must_stand_somewhere(rule: Rule, plans: Mapping[str, Any]) -> None:
    """A day without a milestone would leave it out silently."""
    for day, segment in product(rule.at, Segment):
        touches = [touch for touch in Touch if rule.covers(segment, touch)]
        if touches and not any(day in _days(plans, segment, touch) for touch in touches):
            raise Malformed(
                f"“{told(rule.kind)}” is at {said_of(key_of(day))}, and no plan of {segment.label} has a milestone "
                f"there. Give it another day, switch it off for {segment.label}, or keep the milestone.",
                field_of(rule, "at"),
            )


def told(kind: ActionKind) -> str:
    """What a rule is called among the staff."""
    return kind.value.replace("_", " ").capitalize()


def _days(plans: Mapping[str, Any], segment: Segment, touch: Touch) -> set[int]:
    """Every day on which a renewal like this may have a milestone."""
    plan = plans[segment.value]
    if touch is Touch.AUTO and "auto" in plan:
        return set(plan["auto"])
    return {*plan["days"], *plan["earlier"], *plans["recovery"]}


def _must_not_clash(known: Iterable[Rule]) -> None:
    for one, other in combinations(known, 2):
        both = any(one.covers(*each) and other.covers(*each) for each in product(Segment, Touch))
        if one.kind is other.kind and both:
            raise Malformed(f"Two rules say “{told(one.kind)}” for the same renewals.", field_of(one, "at"))


# How the policy is read


def _read(page: Reading) -> None:
    page.only("office", "large_from", "effort", "plans", "automation")
    _office(page["office"])
    for _, amount in page["large_from"].items():
        amount.count()
    if effort := page.get("effort"):
        effort.only("warned_at", *Segment)
        effort["warned_at"].count(1, 100)
        for segment in Segment:
            effort[segment.value].only("least", "most", "flagged_from")
            for part in ("least", "most", "flagged_from"):
                effort[segment.value][part].count(1)
    plans = page["plans"]
    plans.only("recovery", *Segment)
    _each_day(plans["recovery"], 1)
    for segment in Segment:
        plan = plans[segment.value]
        plan.only(*PARTS)
        for part in ("days", "earlier", *(["auto"] if plan.get("auto") else [])):
            _each_day(plan[part], 1 if part == "earlier" else -EARLIEST)
    for written in page["automation"].each():
        _rule(written)


def _office(office: Reading) -> None:
    office.only("opens", "closes", "weekend")
    for name in ("opens", "closes"):
        try:
            time.fromisoformat(office[name].text())
        except ValueError as no:
            raise office[name].refused("is not a time of day such as 07:30") from no
    weekend = office["weekend"]
    for days in [weekend["*"], *(days for _, days in weekend.items())]:
        if len([day.count(0, 6) for day in days.each()]) > 6:
            raise days.refused("leaves no working day")


def _each_day(days: Reading, least: int) -> None:
    for day in days.each():
        day.count(least, EARLIEST)


def _rule(written: Reading) -> None:
    written.only("at", "kind", "segments", "touch", "to", "unless_stage", "always", "by_itself", "off")
    written["kind"].one_of(*(set(ActionKind) - {ActionKind.OPEN_TASKS}))
    at = written["at"]
    if isinstance(at.value, list):
        if not at.value:
            raise at.refused("is empty; name at least one day")
        _each_day(at, -EARLIEST)
    elif at.value != NOTICE:
        at.count(-EARLIEST, EARLIEST)
    for name, known in (("segments", tuple(Segment)), ("touch", tuple(Touch)), ("to", tuple(PLAYED_BY))):
        if found := written.get(name):
            found.names(*known)
    if stage := written.get("unless_stage"):
        stage.one_of(*RenewalState)
    for name in ("always", "by_itself", "off"):
        if (flag := written.get(name)) and not isinstance(flag.value, bool):
            raise flag.refused("is true or false")
