"""Retouching: the tasks as somebody would have them, from what a form says.

Heading, source and line of a task stay as they came: by them the table is compared with the playbooks.
"""

import copy
from collections.abc import Mapping
from typing import Any

from renewals.errors import Malformed
from renewals.plan.catalogue import EARLIEST, LATEST, MOST_MINUTES, ROLES, Catalogue, Pattern
from renewals.plan.editing import OFF, ON, read_days, written_days
from renewals.plan.field import UNWRITABLE

LONGEST_TITLE, LONGEST_QUESTION, LONGEST_REASON = 120, 300, 300
"""Characters."""
MOST_QUESTIONS = 20
OWN = "own_"
"""How the keys of a company's own questions begin."""
LOCALES = ("en", "ms")


def form_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Everything that can be changed: `task.health_check.role`, `.at`, `.minutes.smb`, `.title.en`,
    `.question.own_1.ms`, `.works`, and `.why` it was switched off."""
    form: dict[str, str] = {}
    for task in content["tasks"]:
        said = {
            "role": task["role"], "at": written_days([task["at"]]), "works": OFF if task.get("off") else ON,
            "why": task.get("off") or "",
        }
        said |= {f"minutes.{segment}": str(_minutes(task, segment)) for segment in task["for"]["segments"]}
        said |= {f"title.{locale}": task["title"][locale] for locale in LOCALES}
        said |= {f"question.{one['key']}.{locale}": one[locale] for one in task["checklist"] for locale in LOCALES}
        form |= {f"task.{task['key']}.{name}": value for name, value in said.items()}
    return form


def draft_of(content: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """The policy with what a form says; the rest stays as it is. A question whose words are taken away is left out.

    Raises: Malformed, naming the field.
    """
    draft, known = copy.deepcopy(dict(content)), form_of(content)
    changed = {
        name: " ".join(words.split()) for name, words in said.items()
        if name.startswith("task.") and " ".join(words.split()) != known.get(name, "")
    }
    for task in draft["tasks"]:
        _change(task, f"task.{task['key']}.", changed)
    Catalogue.of(draft)
    return draft


def own_keys(pattern: Pattern, many: int) -> list[str]:
    """The keys of the next questions of one's own."""
    known = {question.key for question in pattern.checklist}
    return [key for number in range(1, 100) if (key := f"{OWN}{number}") not in known][:many]


def _change(task: dict[str, Any], prefix: str, changed: Mapping[str, str]) -> None:
    mine = {name.removeprefix(prefix): words for name, words in changed.items() if name.startswith(prefix)}
    if "role" in mine:
        if mine["role"] not in ROLES:
            raise Malformed("Choose a role of the staff, or whoever owns the renewal.", f"{prefix}role")
        task["role"] = mine["role"]
    if "at" in mine:
        task["at"] = _day(mine["at"], f"{prefix}at")
    for segment in task["for"]["segments"]:
        if words := mine.get(f"minutes.{segment}"):
            task["minutes_in"] = {**task.get("minutes_in", {}), segment: _count(words, f"{prefix}minutes.{segment}")}
    for locale in LOCALES:
        if f"title.{locale}" in mine:
            task["title"][locale] = _words(mine[f"title.{locale}"], LONGEST_TITLE, f"{prefix}title.{locale}")
    _ask(task, prefix, mine)
    _switch(task, prefix, mine)


def _ask(task: dict[str, Any], prefix: str, mine: Mapping[str, str]) -> None:
    """Its questions: other words, none at all, and the company's own at the end."""
    asked = {one["key"]: dict(one) for one in task["checklist"]}
    for name, words in mine.items():
        part, _, rest = name.partition(".")
        key, _, locale = rest.rpartition(".")
        if part != "question" or locale not in LOCALES or not (key in asked or _is_own(key)):
            continue
        if words:
            _words(words, LONGEST_QUESTION, f"{prefix}{name}")
        asked.setdefault(key, {"key": key, "en": "", "ms": ""})[locale] = words
    kept = [
        one | {"en": one["en"] or one["ms"], "ms": one["ms"] or one["en"]} for one in asked.values()
        if one["en"] or (one["ms"] and _is_own(one["key"]))
    ]
    if not kept:
        raise Malformed("A task asks at least one question.", f"{prefix}question")
    if len(kept) > MOST_QUESTIONS:
        raise Malformed(f"{MOST_QUESTIONS} questions are the most of one task.", f"{prefix}question")
    task["checklist"] = kept


def _is_own(key: str) -> bool:
    number = key.removeprefix(OWN)
    return key.startswith(OWN) and number.isascii() and number.isdigit() and len(number) < 3


def _switch(task: dict[str, Any], prefix: str, mine: Mapping[str, str]) -> None:
    """Off with a reason, that stands beside it in the list of what is switched off; or on again."""
    works = mine.get("works", OFF if task.get("off") else ON)
    if works == ON:
        task.pop("off", None)
        return
    why = mine.get("why", task.get("off") or "")
    if not why:
        raise Malformed("Say why this task is switched off; it stands beside it.", f"{prefix}why")
    task["off"] = _words(why, LONGEST_REASON, f"{prefix}why")


def _minutes(task: Mapping[str, Any], segment: str) -> int:
    found: int = task.get("minutes_in", {}).get(segment, task["minutes"])
    return found


def _day(words: str, field: str) -> int:
    days = read_days(words, field)
    if len(days) != 1 or not LATEST <= days[0] <= EARLIEST:
        raise Malformed(f"A task has one day, from T-{EARLIEST} to T+{-LATEST}.", field)
    return days[0]


def _count(words: str, field: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) < 5 and 1 <= int(words) <= MOST_MINUTES):
        raise Malformed(f"Minutes are a whole number from 1 to {MOST_MINUTES:,}.", field)
    return int(words)


def _words(words: str, most: int, field: str) -> str:
    if not words or len(words) > most or UNWRITABLE.search(words):
        raise Malformed(f"This needs words, at most {most} characters.", field)
    return words
