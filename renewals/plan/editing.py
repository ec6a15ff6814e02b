"""Editing: the plans and the machine's rules as somebody would have them, from what a form says."""

import copy
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from renewals.errors import Malformed
from renewals.plan.rule import AFTER, NOTICE, read_rule
from renewals.plan.sound import PARTS, must_be_sound
from renewals.segment import Segment

ON, OFF = "on", "off"
_DAY = re.compile(r"(?:T([-+]))?([0-9]{1,3})", re.IGNORECASE)


def form_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Everything that can be changed, as a form shows it: `days.smb.auto`, `rule.reminder.at`, `rule.reminder.smb`."""
    form = {
        f"days.{segment.value}.{part}": written_days(content["plans"][segment.value][part])
        for segment in Segment for part in PARTS if part in content["plans"][segment.value]
    }
    for name, written in named(content["automation"]):
        if days := read_rule(written).at:
            form[f"rule.{name}.at"] = written_days(days)
        form |= {f"rule.{name}.{one.value}": ON if one in covers(written) else OFF for one in Segment}
    return form


def draft_of(content: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """The policy with what a form says; the rest stays as it is.

    Raises: Malformed, naming the field.
    """
    draft, known = copy.deepcopy(dict(content)), form_of(content)
    changed = {name: said[name] for name in known if name in said and said[name] != known[name]}
    for segment in Segment:
        plan = draft["plans"][segment.value]
        for part in plan:
            if (name := f"days.{segment.value}.{part}") in changed:
                plan[part] = read_days(changed[name], name, may_be_none=part == "earlier")
    for name, written in named(draft["automation"]):
        _change_rule(written, f"rule.{name}.", changed)
    must_be_sound(draft)
    return draft


def named(automation: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each rule with what a form calls it: its kind, and a number where a kind has several rules."""
    met: Counter[str] = Counter()
    for written in automation:
        met[written["kind"]] += 1
        number = met[written["kind"]]
        yield written["kind"] if number == 1 else f"{written['kind']}.{number}", written


def covers(written: Mapping[str, Any]) -> list[Segment]:
    """The segments that a rule is on for."""
    named = written.get("segments") or list(Segment)
    return [] if written.get("off") else [segment for segment in Segment if segment in named]


def written_days(days: Iterable[int]) -> str:
    """T-60, T-30, T-0, T+1."""
    return ", ".join(f"T-{day}" if day >= 0 else f"T+{-day}" for day in sorted(days, reverse=True))


def read_days(text: str, field: str, *, may_be_none: bool = False) -> list[int]:
    """Days as people write them, the earliest first: `T-60, 30, T+1`, and `after` for the day after.

    Units: days before the renewal date. Raises: Malformed.
    """
    days = [_day(word, field) for word in re.split(r"[,;\s]+", text.strip()) if word]
    if not days and not may_be_none:
        raise Malformed("Name at least one day.", field)
    return sorted(days, reverse=True)


def _day(word: str, field: str) -> int:
    if word.casefold() == "after":
        return AFTER
    found = _DAY.fullmatch(word)
    if found is None:
        raise Malformed(f"{word[:20]} is no day. Write days like T-60, or T+1 for the day after.", field)
    return -int(found[2]) if found[1] == "+" else int(found[2])


def _change_rule(written: dict[str, Any], prefix: str, changed: Mapping[str, str]) -> None:
    if (name := f"{prefix}at") in changed and written["at"] != NOTICE:
        days = read_days(changed[name], name)
        written["at"] = days[0] if len(days) == 1 else days
    switches = {segment: changed.get(f"{prefix}{segment.value}") for segment in Segment}
    if not any(switches.values()):
        return
    now = covers(written)
    covered = [one for one in Segment if (switches[one] or (ON if one in now else OFF)) == ON]
    written.pop("off", None)
    if not covered:
        written["off"] = True
    elif len(covered) == len(Segment):
        written.pop("segments", None)
    else:
        written["segments"] = [one.value for one in covered]
