"""Difference: what one version of the plans or the tasks has otherwise than another, in words."""

from collections.abc import Mapping
from typing import Any

from renewals.plan import editing, retouching
from renewals.plan.editing import OFF, ON, read_days, written_days
from renewals.plan.rule import ActionKind
from renewals.plan.sound import told
from renewals.policy import Policy, PolicyKind
from renewals.segment import Segment

ROLES = {"csm": "CSM", "ae": "account executive", "owner": "whoever owns it", "admin": "administrator"}
PLANS = {"days": "{}", "earlier": "{} when it begins earlier", "auto": "{} by itself"}


def difference(kind: PolicyKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """One sentence for each thing that is another; none when nothing is."""
    if before == after:
        return []
    says = _plans(before, after) if kind is PolicyKind.PLAN else _tasks(before, after)
    return says or ["Something is another that this page does not change."]


def between(before: Policy | None, after: Policy) -> list[str]:
    """What a version has otherwise than the one before it."""
    return difference(after.kind, before.content, after.content) if before else []


def _plans(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    was, now = editing.form_of(before), editing.form_of(after)
    says = [
        _days(name, was.get(name, ""), days) for name, days in now.items()
        if name.startswith("days.") and days != was.get(name, "")
    ]
    for rule, _ in editing.named(after["automation"]):
        says += _rule(rule, was, now)
    missing = {name for name, _ in editing.named(before["automation"])} - {
        name for name, _ in editing.named(after["automation"])
    }
    says += [f"{_told(rule)}: taken out" for rule in sorted(missing)]
    says += [f"Another {part.replace('_', ' ')}" for part in ("office", "large_from", "effort")
             if before.get(part) != after.get(part)]
    if before["plans"]["recovery"] != after["plans"]["recovery"]:
        says.append(f"Recovery: {written_days(after['plans']['recovery'])}")
    return says


def _days(name: str, was: str, now: str) -> str:
    _, segment, part = name.split(".")
    old, new = set(read_days(was, name, may_be_none=True)), set(read_days(now, name, may_be_none=True))
    parts = [
        f"{written_days(days)} {verb}" for verb, days in (("added", new - old), ("taken out", old - new)) if days
    ]
    return f"{PLANS[part].format(Segment(segment).label)}: {'; '.join(parts)}"


def _rule(rule: str, was: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    says = []
    at, on = f"rule.{rule}.at", [f"rule.{rule}.{segment.value}" for segment in Segment]
    if on[0] not in was:
        return [f"{_told(rule)}: added, {now.get(at, 'by its own day')}"]
    if was.get(at) != now.get(at):
        says.append(f"{_told(rule)}: {now.get(at)} instead of {was.get(at)}")
    for name, segment in zip(on, Segment, strict=True):
        if was[name] != now[name]:
            says.append(f"{_told(rule)}: {now[name]} for {segment.label}")
    return says


def _told(rule: str) -> str:
    kind, _, number = rule.partition(".")
    return told(ActionKind(kind)) + (f" ({number})" if number else "")


def _tasks(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old = {task["key"]: task for task in before["tasks"]}
    new = {task["key"]: task for task in after["tasks"]}
    was, now = retouching.form_of(before), retouching.form_of(after)
    says = [f"“{task['title']['en']}”: added" for key, task in new.items() if key not in old]
    says += [f"“{task['title']['en']}”: taken out" for key, task in old.items() if key not in new]
    for key, task in new.items():
        if key in old and task != old[key]:
            found = _task(f"task.{key}.", was, now)
            says += [f"“{old[key]['title']['en']}”: {one}" for one in found or ["another description"]]
    return says


def _task(prefix: str, was: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    names = dict.fromkeys(name for form in (now, was) for name in form if name.startswith(prefix))
    changed = [name for name in names if was.get(name) != now.get(name)]
    says = [_said(name.removeprefix(prefix), was.get(name, ""), now.get(name, "")) for name in changed]
    if now[f"{prefix}works"] == OFF and f"{prefix}why" in changed:
        says.append(f"switched off: “{now[f'{prefix}why']}”")
    return [one for one in says if one]


def _said(part: str, was: str, now: str) -> str:
    first, _, rest = part.partition(".")
    if first in ("works", "why"):
        return "opens again" if now == ON else ""
    if first == "role":
        return f"for {_role(now)} instead of {_role(was)}"
    if first == "at":
        return f"at {now} instead of {was}"
    if first == "minutes":
        return f"{now or 'no'} minutes instead of {was or 'none'} in {Segment(rest).label}"
    if first == "title":
        return f"called “{now}” instead of “{was}”"
    if not was or not now:
        locale = " in Malay" if rest.endswith(".ms") else ""
        return "" if locale else f"question added: “{now}”" if now else f"question taken out: “{was}”"
    return f"asks “{now}” instead of “{was}”"


def _role(role: str) -> str:
    return ROLES.get(role, role)
