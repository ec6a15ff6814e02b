"""A preview of another playbook says what then happens, neither more nor less."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from renewals.errors import Malformed, NotNow, NotYours, Stale
from renewals.health import Health
from renewals.permission import REFUSALS, Permission
from renewals.person import Person
from renewals.plan.action import Action
from renewals.plan.draft import Draft, publish
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.preview import AHEAD, Preview, preview
from renewals.plan.road import SILENT
from renewals.plan.tally import ELSEWHERE, FEWER, MORE, Tallies
from renewals.plan.task import Task
from renewals.plan.version import history
from renewals.policy import PolicyKind
from renewals.renewal import Renewal
from renewals.segment import Segment
from tests.conftest import new_database
from tests.plan.conftest import copy_of, standing_on
from tests.plan.stage import Stage

ENTERPRISE, MID, SMB = Segment.ENTERPRISE, Segment.MID_MARKET, Segment.SMB
GREEN, YELLOW, RED = Health.GREEN, Health.YELLOW, Health.RED
KINDS = [
    (segment, health, days) for segment in (ENTERPRISE, MID, SMB) for health in (GREEN, YELLOW, RED)
    for days in (20, 74)
]
DRAFTS: list[dict[str, str]] = [
    {"days.enterprise.days": "120, 90, 75, 60, 30, 21, 14, 7, 0, T+1", "days.smb.days": "60, 45, 30, 14, 7, 0, T+1",
     "days.mid-market.days": "75, 60, 45, 30, 14, 7, 0, T+1", "days.mid-market.earlier": "100, 90"},
    {"rule.follow_up.at": "T-30", "rule.final_reminder.smb": "off", "rule.escalate.smb": "on",
     "task.lessons.works": "off", "task.lessons.why": "Nobody reads them", "task.objections.at": "T-60"},
    {"rule.daily_check_in.at": "T-9, T-3, T-2, T-1", "rule.tell_owner.at": "T-80", "rule.reminder.smb": "off",
     "task.quick_health_check.at": "T-30", "task.reality_check.role": "manager", "days.smb.earlier": ""},
    {"days.smb.days": "60, 30, 7, 0, T+1", "rule.follow_up.smb": "off", "task.checkin_call.at": "T-7"},
]


@pytest.fixture(scope="module")
def crowded(postgres: str, furnished: str) -> str:
    """Renewals of every kind, near and far, as a worker has left them this morning."""
    url = new_database(postgres, "crowded", template=furnished)
    with standing_on(url) as stage:
        today = stage.now.date()
        stage.draw(*(
            stage.renewal(f"{segment.value} {health.value} {days}", segment, health, today + timedelta(days=days))
            for segment, health, days in KINDS
        ))
        stage.work()
    return url


@pytest.fixture
def crowd(postgres: str, crowded: str) -> Iterator[Stage]:
    with copy_of(postgres, crowded) as made:
        yield made


@pytest.fixture(scope="module")
def otherwise(postgres: str, crowded: str) -> tuple[Counter[str], Counter[str]]:
    """What comes when nothing is changed: messages before anybody signs, tasks to the end."""
    with copy_of(postgres, crowded) as made:
        return lived(made)


def lived(stage: Stage) -> tuple[Counter[str], Counter[str]]:
    """As far as a preview looks; then everybody signs, and what follows from that comes too."""
    end = stage.now.date() + timedelta(days=AHEAD)
    stage.jump(end)
    letters = counted(stage)[0]
    for key in everybody(stage):
        stage.win(key)
    stage.jump(end + timedelta(days=45))
    return letters, counted(stage)[1]


def everybody(stage: Stage) -> list[UUID]:
    with stage.writing() as session:
        return list(session.scalars(select(Renewal.id)))


def looked_at(stage: Stage, said: dict[str, str]) -> Preview:
    with stage.writing() as session:
        draft = Draft.of(session, said, stage.now.date())
        return preview(session, draft, stage.policies(session), at=stage.now)


def published(stage: Stage, said: dict[str, str]) -> None:
    with stage.writing() as session:
        draft = Draft.of(session, said, stage.now.date())
        ines = session.get_one(Person, stage.staff["ines"])
        publish(session, draft, draft.base, "To see what comes", by=ines, at=stage.now)
    stage.draw(*everybody(stage))
    stage.work()


def on_the_line(stage: Stage) -> dict[tuple[UUID, str], object]:
    with stage.writing() as session:
        standing = (MilestoneState.PLANNED, MilestoneState.REACHED)
        query = select(Milestone).where(Milestone.state.in_(standing), ~Milestone.quiet)
        return {(one.renewal_id, one.key): one.due_at for one in session.scalars(query)}


def keys_of(line: dict[tuple[UUID, str], object]) -> Counter[str]:
    return Counter(key for _, key in line)


def counted(stage: Stage) -> tuple[Counter[str], Counter[str]]:
    """Messages by kind and tasks by pattern, as far as they have come."""
    with stage.writing() as session:
        actions = session.execute(select(Action.kind, func.count()).group_by(Action.kind))
        letters = Counter({kind.value: many for kind, many in actions if kind not in SILENT})
        tasks = session.execute(select(Task.pattern, func.count()).group_by(Task.pattern))
        return letters, Counter(dict(tasks.all()))


def net(tallies: Tallies) -> dict[str, int]:
    """By name, how many more there would be."""
    found = {name: tallies.number(name, MORE) - tallies.number(name, FEWER) for name in tallies.names}
    return {name: many for name, many in found.items() if many}


def more(now: Counter[str], was: Counter[str]) -> dict[str, int]:
    return {name: now[name] - was[name] for name in {*now, *was} if now[name] != was[name]}


@pytest.mark.parametrize("said", DRAFTS, ids=lambda said: " ".join(said))
def test_what_a_preview_counts_is_what_comes(
    crowd: Stage, otherwise: tuple[Counter[str], Counter[str]], said: dict[str, str]
) -> None:
    before, foreseen = on_the_line(crowd), looked_at(crowd, said)

    published(crowd, said)
    after = on_the_line(crowd)
    letters, tasks = lived(crowd)

    assert net(foreseen.milestones) == more(keys_of(after), keys_of(before))
    assert net(foreseen.letters) == more(letters, otherwise[0])
    assert net(foreseen.tasks) == more(tasks, otherwise[1])
    assert foreseen.changed


def test_a_message_that_only_moves_is_neither_more_nor_fewer(crowd: Stage) -> None:
    foreseen = looked_at(crowd, {"rule.escalate.at": "T-7"})

    assert net(foreseen.letters) == {}
    assert foreseen.letters.number("escalate", ELSEWHERE) > 0
    assert foreseen.milestones.rows == []


def test_a_task_moved_to_a_milestone_that_is_behind_is_said_to_be_taken_away(stage: Stage) -> None:
    """It would open for nobody who has passed that day; a preview that kept silent would drop it silently."""
    stage.draw(stage.renewal("cedar", SMB, GREEN, stage.now.date() + timedelta(days=20)))
    stage.work()

    foreseen = looked_at(stage, {"task.checkin_call.at": "T-30"})

    assert [(row.name, row.what, [words for _, words in row.examples]) for row in foreseen.tasks.rows] == [
        ("checkin_call", FEWER, ["cedar"])
    ]


def test_what_a_person_moved_or_left_out_stays_so(stage: Stage) -> None:
    key = stage.renewal("cedar", SMB, GREEN, stage.now.date() + timedelta(days=80))
    stage.draw(key)
    with stage.writing() as session:
        by_key = {one.key: one for one in session.scalars(Milestone.of_renewal(key))}
        maya = session.get_one(Person, stage.staff["maya"])
        by_key["t14"].waive("They asked", by=maya, at=stage.now)
        by_key["t30"].by_hand, by_key["t30"].days = True, 33

    foreseen = looked_at(stage, {"days.smb.days": "60, 45, 30, 14, 7, 0, T+1"})
    published(stage, {"days.smb.days": "60, 45, 30, 14, 7, 0, T+1"})

    assert [(row.name, row.what) for row in foreseen.milestones.rows if row.name != "t30"] == [("t45", MORE)]
    with stage.writing() as session:
        by_key = {one.key: one for one in session.scalars(Milestone.of_renewal(key))}
        assert (by_key["t14"].state, by_key["t30"].days) == (MilestoneState.WAIVED, 33)


# Publishing


def test_what_has_happened_stays_and_an_older_version_comes_back(stage: Stage) -> None:
    key = stage.renewal("cedar", SMB, GREEN, stage.now.date() + timedelta(days=61))
    stage.draw(key)
    stage.live(stage.now.date() + timedelta(days=2))
    happened = stage.letters(key)

    published(stage, {"days.smb.days": "55, 30, 14, 7, 0, T+1", "rule.reminder.at": "T-55"})
    changed = on_the_line(stage)
    published(stage, {"again": "plan@1"})

    assert [kind for _, kind, _ in happened] == ["reminder"] * len(happened) != []
    assert {"t55"} <= {name for _, name in changed}
    assert {name for _, name in on_the_line(stage)} == {"t60", "t30", "t14", "t7", "t0", "after"}
    assert stage.letters(key) == happened
    with stage.writing() as session:
        versions = [one for one in history(session, stage.now.date()) if one.policy.kind is PolicyKind.PLAN]
        assert [(one.policy.number, one.by, one.is_in_force) for one in versions] == [
            (3, "ines", True), (2, "ines", False), (1, None, False),
        ]
        assert versions[1].says == ["SMB: T-55 added; T-60 taken out", "Reminder: T-55 instead of T-60"]
        assert versions[0].policy.content == versions[2].policy.content


def test_who_may_not_publish_nothing_new_no_reason_and_a_version_in_between_are_refused(stage: Stage) -> None:
    said = {"rule.reminder.smb": "off"}
    with stage.writing() as session:
        ines, maya = (session.get_one(Person, stage.staff[name]) for name in ("ines", "maya"))
        draft, none = Draft.of(session, said, stage.now.date()), Draft.none(session, stage.now.date())

        with pytest.raises(NotYours, match=REFUSALS[Permission.PUBLISH_PLANS]):
            publish(session, draft, draft.base, "Why not", by=maya, at=stage.now)
        with pytest.raises(Malformed, match="Say why"):
            publish(session, draft, draft.base, " ", by=ines, at=stage.now)
        with pytest.raises(NotNow):
            publish(session, none, none.base, "Why not", by=ines, at=stage.now)
        with pytest.raises(Stale):
            publish(session, draft, "plan@0 tasks@1", "Why not", by=ines, at=stage.now)
        with pytest.raises(Malformed, match="no such version"):
            Draft.of(session, {"again": "plan@7"}, date(2026, 4, 8))


def test_only_the_policy_that_is_another_is_published(stage: Stage) -> None:
    with stage.writing() as session:
        draft = Draft.of(session, {"task.lessons.role": "manager"}, stage.now.date())
        ines = session.get_one(Person, stage.staff["ines"])

        made = publish(session, draft, draft.base, "Ines learns", by=ines, at=stage.now)

        assert [policy.name for policy in made] == ["tasks@2"]


def test_two_thousand_renewals_are_looked_at_in_as_many_questions_as_one(crowd: Stage) -> None:
    """Counted, not timed: this machine is shared."""
    asked: list[str] = []
    event.listen(crowd.database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    looked_at(crowd, DRAFTS[0])

    assert len([one for one in asked if one.lstrip().upper().startswith("SELECT")]) < 16
