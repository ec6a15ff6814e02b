"""The playbook as the staff read it, change it with a look at what that does, and take a change back."""

import html
import json
import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.publishing import run as publish_file
from renewals.event import Event, EventName
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.plan import Plan
from renewals.plan.task import Task
from renewals.policy import Policy, PolicyKind, shipped
from tests.admin.test_routing import said
from tests.world import Visitor, World

MAYA, INES, RUTH = "maya@lumen.example", "ines@lumen.example", "ruth@cedar-dental.example"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SMB_45 = {"days.smb.days": "60, 45, 30, 14, 7, 0, T+1"}


def read(visitor: Visitor, **query: str) -> str:
    answer = visitor.get("/admin/plans", params=query)
    assert answer.status_code == 200
    return said(answer.text)


def publish(visitor: Visitor, reason: str, query: dict[str, str]) -> int:
    """What a browser would send from the page that shows the preview."""
    page = visitor.get("/admin/plans", params=query).text
    form = page.partition('<form class="form" method="post"')[2].partition("</form>")[0]
    fields = {name: html.unescape(value) for name, value in HIDDEN.findall(form)}
    return visitor.client.post("/admin/plans", data=fields | {"reason": reason}, follow_redirects=False).status_code


def in_force(world: World, kind: PolicyKind) -> Policy:
    with world.reading() as session:
        query = select(Policy).where(Policy.kind == kind).order_by(Policy.number.desc())
        return session.scalars(query).first() or pytest.fail("there is none")


def line(world: World) -> dict[tuple[UUID, str], MilestoneState]:
    """Every milestone on a line that is planned or was reached."""
    standing = (MilestoneState.PLANNED, MilestoneState.REACHED)
    with world.reading() as session:
        query = select(Milestone).where(Milestone.state.in_(standing), ~Milestone.quiet)
        return {(one.renewal_id, one.key): one.state for one in session.scalars(query)}


# Reading


@pytest.mark.parametrize(
    ("plan", "health", "words"),
    [
        ("enterprise", "green", (
            "T-120 5 tasks, 3 h 30", "Account review and planning CSM, 45 min", "tell the owner",
            "write them a friendly letter (champion, economic buyer)",
            "tell the owner and the managers unless it is agreed", "T-6 to T-1 not on the line",
            "21 h 55 of tasks; 15 h to 25 h are budgeted",
            "Executive alignment Executive, 45 min, strategic accounts")),
        ("enterprise", "yellow", ("T-150",)),
        ("mid-market", "red", ("T-180", "Executive escalation of a red account Executive, 30 min")),
        ("smb", "green", ("T-60 1 task, 15 min", "Quick health check", "write them a reminder")),
        ("smb-auto", "green", ("No task for people: it renews by itself", "mail them the options")),
    ],
)
def test_each_plan_reads_as_the_playbook(world: World, plan: str, health: str, words: tuple[str, ...]) -> None:
    page = read(world.signed_in(MAYA), plan=plan, health=health)

    for each in words:
        assert each in page, each
    assert "What your draft would change" not in page


def test_what_can_not_be_understood_in_the_address_shows_the_first_plan(world: World) -> None:
    assert "Enterprise, green" in read(world.signed_in(MAYA), plan="tiny", health="purple")


def test_a_task_says_what_it_asks_and_where_it_comes_from(world: World) -> None:
    answer = world.signed_in(MAYA).get("/admin/plans/tasks/account_review")
    page = said(answer.text)

    for words in ("Account review and planning", "Timeline playbook", "Heading Semakan dan Perancangan Akaun",
                  "This stays as it came", "What comes of it"):
        assert words in page, words
    assert 'name="task.account_review.question.own_1.en"' in answer.text
    assert world.signed_in(MAYA).get("/admin/plans/tasks/magic").status_code == 404


def test_the_rules_page_leads_to_the_plans_and_back(world: World) -> None:
    maya = world.signed_in(MAYA)

    assert 'href="/admin/plans"' in maya.get("/admin/routing").text
    assert 'href="/admin/routing"' in maya.get("/admin/plans").text


# Changing


def test_a_draft_says_what_it_would_change_and_publishes_nothing(world: World) -> None:
    before = line(world)

    page = read(world.signed_in(INES), plan="smb", **SMB_45)

    assert "SMB: T-45 added" in page
    assert re.search(r"T-45 added \d+ renewals?", page)
    assert "Cedar Dental" in page
    assert "Publish this playbook" in page
    assert (in_force(world, PolicyKind.PLAN).number, line(world)) == (1, before)


def test_a_csm_looks_and_does_not_publish(world: World) -> None:
    maya = world.signed_in(MAYA)

    assert "Publish this playbook" not in read(maya, **SMB_45)
    answer = maya.post("/admin/plans", SMB_45 | {"reason": "x", "base": "plan@1 tasks@1"}, page="/admin/plans")
    assert answer.status_code == 403
    assert in_force(world, PolicyKind.PLAN).number == 1


def test_what_the_preview_counts_is_drawn_after_publishing(world: World) -> None:
    ines, before = world.signed_in(INES), line(world)
    query = {"days.smb.days": "60, 50, 30, 14, 7, 0, T+1", "days.enterprise.days": "120, 90, 60, 30, 14, 7, 0, T+1"}
    page = read(ines, **query)
    foreseen = {
        key.lower().replace("-", ""): (what, int(many))
        for key, what, many in re.findall(r"(T-\d+) (added|taken out) (\d+) renewals?", page)
    }

    status = publish(ines, "A second look at T-45", query)
    world.work()

    after = line(world)
    come, gone = Counter(key for _, key in after.keys() - before), Counter(key for _, key in before.keys() - after)
    assert status == 303
    assert foreseen == {"t50": ("added", come["t50"]), "t45": ("taken out", gone["t45"])}
    assert come.keys() | gone.keys() == {"t50", "t45"}
    with world.reading() as session:
        assert set(session.scalars(select(Plan.policy).join(Milestone, Milestone.renewal_id == Plan.renewal_id).where(
            Milestone.state == MilestoneState.PLANNED))) == {"plan@2"}
    reached = {one for one, state in before.items() if state is MilestoneState.REACHED}
    assert reached <= after.keys()  # what has happened stays


def test_a_draft_goes_from_page_to_page_until_it_is_published_or_dropped(world: World) -> None:
    ines = world.signed_in(INES)
    text = ines.get("/admin/plans", params=SMB_45 | {"plan": "smb"}).text
    task = html.unescape(re.findall(r'href="(/admin/plans/tasks/quick_health_check[^"]*)"', text)[0])
    form = {name: html.unescape(value) for name, value in HIDDEN.findall(ines.get(task).text)}

    page = read(ines, **form, **{"task.quick_health_check.role": "manager"})

    assert "SMB: T-45 added" in page
    assert "“Quick health check”: for manager instead of CSM" in page


def test_a_task_is_switched_off_with_a_reason_and_listed(world: World) -> None:
    ines = world.signed_in(INES)
    name = "task.quick_health_check."
    query = {f"{name}works": "off", f"{name}why": "The score says it"}

    refused = ines.get("/admin/plans", params={f"{name}works": "off"})
    status = publish(ines, "Less to do", query)
    page = read(ines, plan="smb")

    assert refused.status_code == 422
    assert "Say why this task is switched off" in said(refused.text)
    assert status == 303
    assert "Switched off Tasks that open for nobody Task Why Quick health check The score says it" in page
    assert (in_force(world, PolicyKind.TASKS).number, in_force(world, PolicyKind.PLAN).number) == (2, 1)
    with world.reading() as session:
        told = session.scalars(select(Event).where(Event.name == EventName.POLICY_PUBLISHED).order_by(Event.seq)).all()
        assert (told[-1].by_id, told[-1].details["kind"]) == (world.person(INES).id, "tasks")
    with world.reading() as session:  # whoever has it open already keeps it
        assert session.scalars(select(Task).where(Task.pattern == "quick_health_check")).first()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"rule.reminder.at": "T-90"}, "No renewal message reaches a customer before T-60"),
        ({"rule.legal_notice.smb": "off"}, "neither moved nor switched off"),
        ({"days.smb.auto": "14, 7, 0, T+1"}, "the legal notice"),
        ({"task.lessons.role": "wizard"}, "Choose a role of the staff"),
        ({"again": "plan@9"}, "There is no such version"),
        ({"again": "price@1"}, "There is no such version"),
    ],
)
def test_what_must_not_be_is_refused_on_the_page_and_keeps_what_was_typed(
    world: World, query: dict[str, str], words: str
) -> None:
    ines = world.signed_in(INES)

    looked = ines.get("/admin/plans", params=query)
    asked = ines.post("/admin/plans", query | {"reason": "x", "base": "plan@1 tasks@1"}, page="/admin/plans")

    assert (looked.status_code, asked.status_code) == (422, 422)
    assert words in said(looked.text)
    assert words in said(asked.text)
    typed = next(iter(query.values()))
    assert f'value="{typed}"' in looked.text or "again" in query
    assert in_force(world, PolicyKind.PLAN).number == 1


def test_without_a_reason_or_against_another_version_nothing_is_published(world: World) -> None:
    ines = world.signed_in(INES)
    form = SMB_45 | {"base": "plan@1 tasks@1"}

    statuses = [
        ines.post("/admin/plans", form | more, page="/admin/plans").status_code
        for more in ({"reason": " "}, {"reason": "x", "base": "plan@0 tasks@1"}, {"reason": "x"}, {"reason": "again"})
    ]

    assert statuses == [422, 409, 303, 409]
    assert in_force(world, PolicyKind.PLAN).number == 2


def test_a_task_that_can_not_be_so_is_mended_where_it_was_typed(world: World) -> None:
    ines, name = world.signed_in(INES), "task.lessons."
    text = ines.get("/admin/plans", params={f"{name}works": "off", f"{name}minutes.enterprise": "25"}).text
    (address,) = re.findall(r'href="([^"]+)">Mend it</a>', text)

    page = ines.get(html.unescape(address))

    assert page.status_code == 422
    assert "Say why this task is switched off" in said(page.text)
    assert 'value="25"' in page.text
    assert re.search(r'name="task.lessons.works" value="off" checked', page.text)


# Versions


def test_every_version_says_who_when_why_and_what_and_an_old_one_comes_back(world: World) -> None:
    ines, before = world.signed_in(INES), line(world)
    publish(ines, "A second look at T-45", SMB_45)
    world.work()
    page = ines.get("/admin/plans/versions")
    words = said(page.text)

    again = read(ines, again="plan@1")
    status = publish(ines, "It was too much", {"again": "plan@1"})
    world.work()

    assert "Plans, version 2 A second look at T-45 SMB: T-45 added Ines Carvalho, 5 Aug 2026" in words
    assert "Plans, version 1 Shipped Kekal" in words
    assert 'href="/admin/plans?again=plan%401"' in page.text
    assert "SMB: T-45 taken out" in again
    assert status == 303
    assert in_force(world, PolicyKind.PLAN).content == shipped(PolicyKind.PLAN)
    assert {key for _, key in line(world).keys() - before} <= {"t45"}  # reached meanwhile, so it stays


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        (PolicyKind.PLAN, lambda it: it["automation"][2].update(at=90), "before T-60"),
        (PolicyKind.TASKS, lambda it: it["tasks"][0].update(role="wizard"), "wizard"),
    ],
)
def test_a_file_is_held_to_what_the_page_asks(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: PolicyKind, change: object, words: str
) -> None:
    content = json.loads(json.dumps(shipped(kind)))
    change(content)  # type: ignore[operator]
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(content), "utf-8")

    code = publish_file([kind.value, str(path), "--reason", "Why not"], world.house.settings)

    assert code == 1
    assert words in capsys.readouterr().err
    assert in_force(world, kind).number == 1
