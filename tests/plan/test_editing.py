"""Editing a playbook: what a form may say, what is refused with a sentence, and what differs in words."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as some

from renewals.errors import Malformed
from renewals.health import Health
from renewals.plan import editing, retouching
from renewals.plan.catalogue import Catalogue
from renewals.plan.difference import difference
from renewals.plan.editing import written_days
from renewals.plan.profile import Profile
from renewals.plan.rule import TO_CUSTOMERS, ActionKind, days_of
from renewals.plan.schedule import rungs
from renewals.plan.sound import COMPACT_FROM, must_be_sound
from renewals.plan.sweep import spread
from renewals.plan.touch import Touch
from renewals.policy import PolicyKind, shipped
from renewals.segment import Segment

PLAN, TASKS = shipped(PolicyKind.PLAN), shipped(PolicyKind.TASKS)
FOR_EVERYBODY = "neither moved nor switched off"


def edited(**said: str) -> dict[str, Any]:
    return editing.draft_of(PLAN, {name.replace("__", "."): words for name, words in said.items()})


def plan(**said: str) -> list[str]:
    """What such a draft changes, in words."""
    return difference(PolicyKind.PLAN, PLAN, edited(**said))


def task(key: str, **said: str) -> dict[str, Any]:
    words = {f"task.{key}.{name.replace('__', '.')}": text for name, text in said.items()}
    return retouching.draft_of(TASKS, words)


def tasks(key: str, **said: str) -> list[str]:
    return difference(PolicyKind.TASKS, TASKS, task(key, **said))


def test_what_was_shipped_is_sound_and_saying_it_again_changes_nothing() -> None:
    must_be_sound(PLAN)

    assert editing.draft_of(PLAN, editing.form_of(PLAN)) == PLAN
    assert retouching.draft_of(TASKS, retouching.form_of(TASKS)) == TASKS
    assert difference(PolicyKind.PLAN, PLAN, PLAN) == difference(PolicyKind.TASKS, TASKS, TASKS) == []


def test_the_notice_opens_on_the_day_before_which_a_compact_plan_must_have_begun() -> None:
    assert shipped(PolicyKind.NOTICE)["default"]["window_from"] == COMPACT_FROM


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"days__enterprise__days": "120, 90, 75, 60, 45, 30, 14, 7, 0, T+1"}, ["Enterprise: T-75 added"]),
        ({"days__mid-market__days": "T-60 T-30 T-14 T-7 T-0 after"}, ["Mid-market: T-45 taken out"]),
        ({"days__smb__earlier": ""}, ["SMB when it begins earlier: T-90 taken out"]),
        ({"days__smb__auto": "45, 30, 14, 7, 0, T+1"}, ["SMB by itself: T-45 added"]),
        ({"rule__final_reminder__at": "T-14"}, ["Final reminder: T-14 instead of T-7"]),
        ({"rule__daily_check_in__at": "3, 2, 1"}, [
            "Daily check in: T-3, T-2, T-1 instead of T-6, T-5, T-4, T-3, T-2, T-1"]),
        ({"rule__follow_up__smb": "off"}, ["Follow up: off for SMB"]),
        ({"rule__reminder__smb": "off"}, ["Reminder: off for SMB"]),
        ({"rule__escalate__smb": "on"}, ["Escalate: on for SMB"]),
    ],
)
def test_a_plan_or_a_rule_is_changed_and_the_change_is_said_in_words(said: dict[str, str], words: list[str]) -> None:
    assert plan(**said) == words


def test_a_rule_that_is_off_for_everybody_does_nothing_and_can_be_switched_on_again() -> None:
    off = edited(rule__reminder__smb="off")

    assert '"reminder"' not in spread(off)
    assert editing.draft_of(off, {"rule.reminder.smb": "on"}) == editing.draft_of(PLAN, {"rule.reminder.smb": "on"})


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"rule__reminder__at": "90"}, "rule.reminder.at", "before T-60"),
        ({"rule__thanks__at": "0"}, "rule.thanks.at", "day after"),
        ({"rule__retry__at": "T+30"}, "rule.retry.at", "to T+14"),
        ({"rule__escalate__at": "T+3"}, "rule.escalate.at", "to T-0"),
        ({"rule__final_reminder__at": "T-10"}, "rule.final_reminder.at", "no plan of Enterprise has a milestone there"),
        ({"rule__legal_notice__smb": "off"}, "rule.legal_notice.at", FOR_EVERYBODY),
        ({"rule__close__smb": "off"}, "rule.close.at", FOR_EVERYBODY),
        ({"rule__close__at": "T-1"}, "rule.close.at", FOR_EVERYBODY),
        ({"rule__follow_up__at": "soon"}, "rule.follow_up.at", "soon is no day"),
        ({"rule__follow_up__at": ""}, "rule.follow_up.at", "at least one day"),
        ({"days__smb__days": "60, 30, 14, 7, T+1"}, "days.smb.days", "T-0 and the day after"),
        ({"days__smb__days": "60, 30, 14, 7, 0"}, "days.smb.days", "T-0 and the day after"),
        ({"days__smb__days": "0, T+1"}, "days.smb.days", "at least one milestone"),
        ({"days__smb__days": "60, 60, 30, 14, 7, 0, T+1"}, "days.smb.days", "once"),
        ({"days__smb__days": "60, 30, 14, 7, 0, T+1, T+9"}, "days.smb.days", "no other"),
        ({"days__smb__days": "30, 14, 7, 0, T+1"}, "rule.reminder.at", "“Reminder” is at T-60"),
        ({"days__smb__auto": "28, 14, 7, 0, T+1"}, "days.smb.auto", "the legal notice"),
        ({"days__smb__earlier": "45"}, "days.smb.earlier", "first day, T-60"),
        ({"days__smb__days": "400, 0, T+1"}, None, "from -365 to 365"),
    ],
)
def test_what_must_not_be_is_refused_with_a_sentence(said: dict[str, str], field: str | None, words: str) -> None:
    with pytest.raises(Malformed, match=words.replace("+", r"\+")) as refused:
        edited(**said)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda it: it.pop("office"), "has no 'office'"),
        (lambda it: it["office"].update(opens="early"), "time of day"),
        (lambda it: it["plans"].pop("smb"), "has no 'smb'"),
        (lambda it: it["plans"].update(recovery=[170]), "T-180"),
        (lambda it: it["automation"].append({"at": 30, "kind": "dance"}), "not one of"),
        (lambda it: it["automation"].append({"at": 14, "kind": "reminder", "segments": ["smb"]}), "Two rules say"),
        (lambda it: it["automation"][6].update(at="notice"), "its own day"),
        (lambda it: it["automation"].__delitem__(13), FOR_EVERYBODY),
        (lambda it: it["automation"][1].update(to=["the cat"]), "not one of"),
        (lambda it: it.update(mood="good"), "keys Kekal does not know: mood"),
    ],
)
def test_a_file_is_held_to_the_same(change: Any, words: str) -> None:
    written = editing.draft_of(PLAN, {})
    change(written)

    with pytest.raises(Malformed, match=words):
        must_be_sound(written)


DAYS = [*range(92, 57, -1), 45, 30, 14, 7, 6, 1, 0, -1, -3]
FORM = editing.form_of(PLAN)
PARTS = [name for name in FORM if name.startswith("days.")]
ATS = [name for name in FORM if name.endswith(".at")]
SWITCHES = [name for name in FORM if name.startswith("rule.") and not name.endswith(".at")]
FEW = some.lists(some.sampled_from(DAYS), min_size=1, max_size=3).map(written_days)
MANY = some.lists(some.sampled_from(DAYS), max_size=4).map(lambda more: written_days({60, 45, 30, 14, 7, 0, -1, *more}))


@settings(max_examples=500)
@given(
    some.dictionaries(some.sampled_from(PARTS), MANY | FEW, max_size=2),
    some.dictionaries(some.sampled_from(ATS), FEW, max_size=2),
    some.dictionaries(some.sampled_from(SWITCHES), some.sampled_from(["on", "off"]), max_size=3),
)
def test_no_draft_that_is_accepted_lets_a_message_out_to_a_customer_before_T60(
    days: dict[str, str], at: dict[str, str], switched: dict[str, str]
) -> None:
    try:
        draft = editing.draft_of(PLAN, days | at | switched)
    except Malformed:
        event("refused")
        return
    event("accepted")
    keeps_its_promises(draft)


@given(some.dictionaries(some.integers(0, len(PLAN["automation"]) - 1), some.sampled_from(DAYS), max_size=2))
def test_no_file_that_is_accepted_does_either(moved: dict[int, int]) -> None:
    written = editing.draft_of(PLAN, {})
    for number, day in moved.items():
        written["automation"][number] |= {"at": day, "always": True}
    try:
        must_be_sound(written)
    except Malformed:
        return
    keeps_its_promises(written)


def keeps_its_promises(draft: dict[str, Any]) -> None:
    rows = json.loads(spread(draft))
    written = [row for row in rows if ActionKind(row["kind"]) in TO_CUSTOMERS]
    assert all(days_of(row["key"]) <= 60 for row in written)
    assert len([row for row in rows if row["kind"] == "legal_notice"]) == len(Segment) * len(Touch)
    for segment, touch, health in product(Segment, Touch, Health):
        days = rungs(Profile(segment, health, touch), draft["plans"])
        assert days[-2:] == (0, -1)
        assert max(days) > 0
        assert touch is not Touch.AUTO or segment is not Segment.SMB or max(days) >= COMPACT_FROM


# Tasks


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"role": "manager"}, ["“Lessons”: for manager instead of whoever owns it"]),
        ({"at": "T+14"}, ["“Lessons”: at T+14 instead of T+7"]),
        ({"minutes__enterprise": "30"}, ["“Lessons”: 30 minutes instead of 20 in Enterprise"]),
        ({"title__en": "Look back"}, ["“Lessons”: called “Look back” instead of “Capture the lessons”"]),
        ({"question__own_1__en": "What would Ruth say?"}, ["“Lessons”: question added: “What would Ruth say?”"]),
        ({"works": "off", "why": "Nobody reads them"}, ["“Lessons”: switched off: “Nobody reads them”"]),
    ],
)
def test_a_task_is_changed_and_the_change_is_said_in_words(said: dict[str, str], words: list[str]) -> None:
    assert tasks("lessons", **said) == [one.replace("“Lessons”", "“Capture the lessons”", 1) for one in words]


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"role": "wizard"}, "role", "Choose a role"),
        ({"role": "buyer"}, "role", "Choose a role"),
        ({"at": "T-400"}, "at", "from T-365"),
        ({"at": "T-7, T-6"}, "at", "one day"),
        ({"minutes__enterprise": "0"}, "minutes.enterprise", "from 1"),
        ({"minutes__enterprise": "an hour"}, "minutes.enterprise", "whole number"),
        ({"title__en": " "}, "title.en", "needs words"),
        ({"question__own_1__en": "x" * 301}, "question.own_1.en", "at most 300"),
        ({"works": "off"}, "why", "Say why"),
        ({"works": "off", "why": "  "}, "why", "Say why"),
    ],
)
def test_a_task_that_can_not_be_so_is_refused(said: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(Malformed, match=words) as refused:
        task("lessons", **said)

    assert refused.value.field == f"task.lessons.{field}"


def test_a_task_that_is_switched_off_opens_for_nobody_and_stays_in_the_table() -> None:
    catalogue = Catalogue.of(task("lessons", works="off", why="Nobody reads them"))

    assert catalogue.pattern("lessons").off == "Nobody reads them"
    for segment, health in product(Segment, Health):
        assert "lessons" not in {one.key for one in catalogue.patterns_for(segment, "negotiated", health)}
    on = retouching.draft_of(task("lessons", works="off", why="Nobody reads them"), {"task.lessons.works": "on"})
    assert on == TASKS


def test_where_a_task_comes_from_stays_as_it_was_whatever_a_form_says() -> None:
    said = {f"task.lessons.{part}": "mine" for part in ("heading", "line", "source", "quote", "key", "blocks")}

    assert retouching.draft_of(TASKS, said) == TASKS


def test_a_question_of_ones_own_stands_in_both_languages_at_the_end() -> None:
    asked = Catalogue.of(task("lessons", question__own_1__en="What would Ruth say?")).pattern("lessons").checklist

    assert (asked[-1].key, asked[-1].en, asked[-1].ms) == ("own_1", "What would Ruth say?", "What would Ruth say?")
    assert retouching.own_keys(Catalogue.of(TASKS).pattern("lessons"), 2) == ["own_1", "own_2"]


def test_a_task_keeps_at_least_one_question() -> None:
    every = {f"question__{one['key']}__{locale}": "" for one in next(
        each for each in TASKS["tasks"] if each["key"] == "lessons")["checklist"] for locale in ("en", "ms")}

    with pytest.raises(Malformed, match="at least one question"):
        task("lessons", **every)
