"""Health by program: each reading once, the band that follows, and everything that follows from red at once."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.chores.day import begin_day
from app.chores.plan import keep_plans
from app.work import Work
from renewals.account import Account
from renewals.choice import Choice
from renewals.event import Event, EventName
from renewals.forecast import Risk
from renewals.health import Health
from renewals.message import Message, MessageKind
from renewals.pipeline import Pipeline
from renewals.plan.catalogue import Catalogue, Phase
from renewals.plan.plan import Plan
from renewals.plan.task import Task
from renewals.plan.touch import Touch
from renewals.policy import Policy, PolicyKind, shipped
from renewals.reading import HealthReading
from renewals.renewal import Renewal
from renewals.routing.kind import Opportunity
from renewals.routing.routing import Routing
from tests.api.conftest import Knock, knocking, token_of
from tests.api.test_door import problem
from tests.world import World

TODAY = date(2026, 8, 5)


def path_of(world: World, account: str) -> str:
    return f"/api/v1/accounts/{key_of(world, account)}/health"


def key_of(world: World, account: str) -> UUID:
    with world.reading() as session:
        return session.scalars(select(Account.id).where(Account.external_id == account)).one()


def events(world: World, account: str) -> list[tuple[str, dict[str, Any]]]:
    with world.reading() as session:
        said = select(Event).where(Event.subject_id == key_of(world, account), Event.name.startswith("health."))
        return [(event.name, event.details) for event in session.scalars(said.order_by(Event.seq))]


def test_a_program_brings_a_score_and_reads_the_band_and_the_history(world: World, maya: Knock) -> None:
    path = path_of(world, "northwind-freight")

    answer = maya("POST", path, json={"score": 78, "source": "support-desk", "taken_on": "2026-08-04"})
    history = maya("GET", path).json()["readings"]

    said = answer.json()
    assert (said["health"], said["health_score"], said["health_confidence"]) == ("yellow", 62, "fresh")
    assert [(one["score"], one["taken_on"], one["source"]) for one in history] == [
        (78, "2026-08-04", "support-desk"), (62, "2026-08-05", "import"),
    ]


def test_the_same_word_of_the_same_day_is_one_reading_and_another_corrects_it(world: World, maya: Knock) -> None:
    path = path_of(world, "northwind-freight")
    first = {"score": 80, "source": "crm"}

    answers = [maya("POST", path, json=said).json()["health_score"] for said in (first, first, first | {"score": 70})]

    assert answers == [80, 80, 70]
    assert [one["score"] for one in maya("GET", path).json()["readings"]] == [62, 80, 70]
    assert [name for name, _ in events(world, "northwind-freight")] == ["health.read", "health.read"]


def test_falling_into_red_is_one_transaction_and_everything_follows_from_it(world: World, maya: Knock) -> None:
    path, key = path_of(world, "cedar-dental"), world.renewal("cedar-dental")
    with world.reading() as session:
        before = Pipeline(session, TODAY).one(session.get_one(Renewal, key)).forecast
        ladder = Choice.of(session, session.get_one(Renewal, key), TODAY).options

    answer = maya("POST", path, json={"score": 31, "source": "crm"})

    assert (answer.json()["health"], answer.json()["health_since"]) == ("red", "2026-08-05")
    assert events(world, "cedar-dental") == [
        ("health.fell", {"score": 31, "on": "2026-08-05", "source": "crm", "band": "red",
                         "before": {"score": 91, "band": "green"}}),
    ]
    with world.reading() as session:  # nothing has worked yet: what was written together says all of it
        renewal = session.get_one(Renewal, key)
        row = Pipeline(session, TODAY).one(renewal)
        options = Choice.of(session, renewal, TODAY).options
        queued = session.execute(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")).scalars().all()
        assert (row.health, row.forecast.risk) == (Health.RED, Risk.HIGH)
        assert row.forecast.probability == before.probability - 45
        assert len(list(options)) < len(list(ladder))
        assert {"tell_health_fell", "route_customer"} <= {name.rpartition(".")[2] for name in queued}

    world.work()

    with world.reading() as session:
        routing = session.scalars(select(Routing).where(Routing.renewal_id == key)).one()
        plan = session.scalars(select(Plan).where(Plan.renewal_id == key)).one()
        told = session.scalars(select(Message).where(Message.kind == MessageKind.HEALTH_FELL)).all()
        renewal = session.get_one(Renewal, key)
        assert renewal.owner
        assert routing.opportunity is Opportunity.AT_RISK
        assert plan.health is Health.RED
        assert [message.email for message in told] == [renewal.owner.email]
    (mail,) = [mail for mail in world.mails() if mail.kind == "health_fell"]
    assert mail.subject == "Cedar Dental fell into red"
    assert "is 31; before it was 91" in mail.text


def test_a_small_renewal_that_ran_by_itself_is_a_persons_when_it_is_red(world: World, maya: Knock) -> None:
    key = world.renewal("juno-studio")
    with world.reading() as session:
        before = session.scalars(select(Routing.touch).where(Routing.renewal_id == key)).one()

    maya("POST", path_of(world, "juno-studio"), json={"score": 20, "source": "crm"})
    world.work()

    with world.reading() as session:
        after = session.scalars(select(Routing.touch).where(Routing.renewal_id == key)).one()
    assert (before, after) == (Touch.AUTO, Touch.ASSISTED)


def test_they_come_back_only_when_it_is_sure_and_that_is_told_too(world: World, maya: Knock) -> None:
    path = path_of(world, "orbit-labs")

    bands = []
    for days, score in ((1, 72), (8, 72), (14, 72), (15, 72), (16, 49)):
        world.stand_at(TODAY + timedelta(days=days))
        bands.append(maya("POST", path, json={"score": score, "source": "crm"}).json()["health"])

    assert bands == ["red", "red", "red", "yellow", "red"]
    assert [name for name, _ in events(world, "orbit-labs")] == [
        "health.read", "health.read", "health.read", "health.recovered", "health.fell",
    ]


def test_a_score_that_nobody_renews_is_not_relied_on_and_stays_what_it_is(world: World, maya: Knock) -> None:
    path = path_of(world, "cedar-dental")
    world.stand_at(TODAY + timedelta(days=40))

    page = world.signed_in("maya@lumen.example").get(f"/admin/accounts/{key_of(world, 'cedar-dental')}").text
    missing = maya("POST", path, json={"score": None, "source": "crm"}).json()

    assert "Low confidence" in page
    assert "40 days ago: too old to rely on" in page
    assert "Green 91" in " ".join(page.split())
    assert (missing["health"], missing["health_score"], missing["health_confidence"]) == ("unknown", None, "missing")


def test_a_new_policy_bands_everybody_again_and_nobody_has_fallen(world: World) -> None:
    with world.writing() as session:
        content = shipped(PolicyKind.HEALTH) | {"green": 95, "yellow": 92}
        Policy.publish(
            session, PolicyKind.HEALTH, content, begins_on=TODAY, reason="Stricter", by=None,
            at=session.scalars(select(Event.at).order_by(Event.seq.desc())).first(),
        )

    world.work()

    with world.reading() as session:
        cedar = session.scalars(select(Account).where(Account.external_id == "cedar-dental")).one()
        plan = session.scalars(select(Plan).where(Plan.renewal_id == world.renewal("cedar-dental"))).one()
        assert (cedar.health_band, plan.health) == (Health.RED, Health.RED)
        assert not session.scalars(select(Event).where(Event.name == EventName.HEALTH_FELL)).all()


REFUSED: list[tuple[Any, str | None]] = [
    ({"score": 101, "source": "crm"}, "score"),
    ({"score": -1, "source": "crm"}, "score"),
    ({"score": "good", "source": "crm"}, "score"),
    ({"score": 50, "source": "Ruth Calder"}, "source"),
    ({"score": 50, "source": ""}, "source"),
    ({"score": 50}, None),
    ({"score": 50, "source": "crm", "taken_on": "2026-08-06"}, "taken_on"),
    ({"score": 50, "source": "crm", "band": "green"}, None),
]


def test_what_can_not_be_is_a_problem_and_no_reading(world: World, maya: Knock) -> None:
    path = path_of(world, "cedar-dental")

    for sent, field in REFUSED:
        said = problem(maya("POST", path, json=sent))
        assert (said["status"], said.get("field")) == (422, field), sent

    assert len(maya("GET", path).json()["readings"]) == 1
    assert problem(maya("POST", path.replace(path.split("/")[4], "nonsense"), json={}))["status"] in (404, 422)


def test_who_only_reads_brings_no_score(world: World) -> None:
    farah = knocking(world, token_of(world, "farah@lumen.example"))

    assert problem(farah("POST", path_of(world, "cedar-dental"), json={"score": 1, "source": "crm"}))["status"] == 403
    assert farah("GET", path_of(world, "cedar-dental")).status_code == 200


@pytest.mark.parametrize("query", ["UPDATE health_reading SET score = 100", "DELETE FROM health_reading"])
def test_a_reading_is_never_changed(world: World, query: str) -> None:
    with pytest.raises(Exception, match="never changed"), world.writing() as session:
        session.execute(text(query))


def test_every_score_of_the_book_is_the_first_reading_of_its_account(world: World) -> None:
    with world.reading() as session:
        accounts = session.scalars(select(Account)).all()
        readings = session.scalars(select(HealthReading)).all()
        read = {one.account_id: one for one in readings}

        assert len(read) == len(readings) == len([one for one in accounts if one.health_score is not None])
        for one in accounts:
            assert one.health_band is Health.of(one.health_score, shipped(PolicyKind.HEALTH))
            assert (one.health_score is None) or read[one.id].taken_on == one.health_taken_on == one.health_since


def test_the_days_go_on_for_who_fell(world: World, maya: Knock) -> None:
    maya("POST", path_of(world, "halden-bank"), json={"score": 12, "source": "crm"})
    world.work()

    Work(world.house).run(begin_day)
    world.work()

    with world.reading() as session:
        told = select(Message).where(Message.kind == MessageKind.HEALTH_FELL)
        assert len(session.scalars(told).all()) == 1


def test_a_second_fall_into_red_has_a_recovery_of_its_own(world: World, maya: Knock) -> None:
    key, path = world.renewal("halden-bank"), path_of(world, "halden-bank")

    _read(world, maya, path, {0: 30})
    first = recovery(world, key)
    _end(world, key)
    _read(world, maya, path, {1: 90, 8: 90, 16: 90})
    between = recovery(world, key)
    _read(world, maya, path, {17: 30, 18: 28})
    second = recovery(world, key)

    assert len(first) == 5 and between == {}
    assert set(second) == {*first, "fight_or_let_go"}, "T-60 has gone by: whether to fight is asked at once"
    assert {*first.values(), *second.values()} == {1}


def _read(world: World, maya: Knock, path: str, scores: dict[int, int]) -> None:
    """Each on its day, with the work that follows from it."""
    for days, score in scores.items():
        world.stand_at(TODAY + timedelta(days=days))
        maya("POST", path, json={"score": score, "source": "crm"})
        world.work()
        Work(world.house).run(keep_plans)


def recovery(world: World, key: UUID) -> dict[str, int]:
    """How often each task of a recovery is open."""
    with world.reading() as session:
        catalogue = Catalogue.of(shipped(PolicyKind.TASKS))
        theirs = {pattern.key for pattern in catalogue.patterns if pattern.phase is Phase.RECOVERY}
        return Counter(task.pattern for task in session.scalars(Task.still_open(key)) if task.pattern in theirs)


def _end(world: World, key: UUID) -> None:
    """What was asked of the first recovery is left out, with a reason."""
    ines = world.person("ines@lumen.example")
    with world.writing() as session:
        for task in session.scalars(Task.still_open(key)).all():
            task.waive("Mended", by=ines, at=datetime(2026, 8, 5, 16, tzinfo=UTC))
