"""Routing in the house: who gets a renewal, what a person decides, what changes hands, and what lapses."""

import copy
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from renewals.account import Account
from renewals.errors import Malformed, NotNow, NotYours
from renewals.event import Event, EventName
from renewals.health import Health
from renewals.message import Message, MessageKind
from renewals.person import Person, Role
from renewals.plan.milestone import Milestone
from renewals.plan.plan import Plan
from renewals.plan.task import Task
from renewals.policy import Policy, PolicyKind, shipped
from renewals.renewal import Renewal
from renewals.routing import handoff, team
from renewals.routing.decision import Rules
from renewals.routing.kind import Part
from renewals.routing.preview import preview
from renewals.routing.route import route
from renewals.routing.routing import Routing
from renewals.routing.share import burdens, shares
from renewals.running import hand_over
from renewals.segment import Segment
from renewals.stake import Stake
from renewals.subscription import Line, Term
from renewals.value import ACTIVE_USERS, Usage
from tests.plan.stage import Stage

JUNE = date(2026, 6, 17)
"""A Wednesday; the stage begins 70 days before it."""
SMB, MIDDLE, ENTERPRISE = Segment.SMB, Segment.MID_MARKET, Segment.ENTERPRISE


def small(stage: Stage, name: str = "birch", renews_on: date = JUNE, **more: int) -> UUID:
    return stage.renewal(name, SMB, Health.GREEN, renews_on, **more)


def routed(stage: Stage, *keys: UUID) -> list[Routing]:
    """As they are routed at this moment."""
    with stage.writing() as session:
        found = session.scalars(Renewal.with_parts(select(Renewal).where(Renewal.id.in_(keys)))).unique().all()
        known = route(session, found, stage.policies(session), at=stage.now)
        return [known[key] for key in keys]


def owner(stage: Stage, renewal: UUID) -> str:
    with stage.writing() as session:
        person = session.get_one(Renewal, renewal).owner
        return person.name if person else ""


def publish(stage: Stage, kind: PolicyKind, **changes: object) -> None:
    with stage.writing() as session:
        content = copy.deepcopy(shipped(kind)) | changes
        Policy.publish(session, kind, content, begins_on=stage.now.date(), reason="A test", by=None, at=stage.now)


def decide(stage: Stage, renewal: UUID, part: Part, value: str, by: str = "maya", reason: str = "They asked") -> None:
    with stage.writing() as session:
        routing, found = Routing.of(session, renewal, lock=True), Renewal.find(session, renewal, lock=True)
        assert routing
        routing.decide(part, value, reason, renewal=found, by=session.get_one(Person, stage.staff[by]), at=stage.now)


def give(stage: Stage, renewal: UUID, to: str, by: str = "ines") -> Event:
    with stage.writing() as session:
        people = [session.get_one(Person, stage.staff[name]) for name in (to, by)]
        hand_over(Renewal.find(session, renewal, lock=True), people[0], by=people[1], at=stage.now)
    return follow(stage, renewal)


def follow(stage: Stage, renewal: UUID) -> Event:
    """What the worker does after the last change of hands."""
    with stage.writing() as session:
        changed = events(stage, renewal, EventName.RENEWAL_HANDED_OVER)[-1]
        handoff.follow(session, Renewal.find(session, renewal), changed, stage.policies(session), at=stage.now)
        return changed


def events(stage: Stage, renewal: UUID, name: EventName) -> list[Event]:
    with stage.writing() as session:
        return list(session.scalars(Event.about(renewal).where(Event.name == name.value)))


def introductions(stage: Stage, renewal: UUID) -> list[Message]:
    return [one for one in stage.messages(renewal) if one.kind is MessageKind.HANDOFF]


# Who gets it


def test_the_shipped_hybrid_gives_small_ones_to_the_csm_and_large_ones_to_sales(stage: Stage) -> None:
    keys = [
        stage.renewal("birch", SMB, Health.GREEN, JUNE, minor=999_990),
        stage.renewal("cedar", MIDDLE, Health.GREEN, JUNE, minor=4_999_990),
        stage.renewal("doric", MIDDLE, Health.GREEN, JUNE, minor=5_000_000),
        stage.renewal("elder", ENTERPRISE, Health.GREEN, JUNE),
    ]

    found = routed(stage, *keys)

    assert [owner(stage, key) for key in keys] == ["maya", "maya", "omar", "omar"]
    assert [each.owner_rule for each in found] == ["up_to_large", "up_to_large", "large", "large"]
    assert events(stage, keys[2], EventName.RENEWAL_HANDED_OVER) == []  # the book was only just brought in


def test_the_person_a_customer_has_for_a_role_comes_before_the_one_with_the_least_to_do(stage: Stage) -> None:
    with stage.writing() as session:
        session.add(Person(email="zoe@example.com", name="zoe", roles=["ae"], active=True))
        session.add(Person(email="ada@example.com", name="ada", roles=["ae"], active=True))
    keys = [stage.renewal(name, ENTERPRISE, Health.GREEN, JUNE) for name in ("elder", "fir", "gum", "hazel")]
    with stage.writing() as session:
        account = session.get_one(Account, session.get_one(Renewal, keys[3]).account_id)
        zoe = session.scalars(select(Person).where(Person.name == "zoe")).one()
        team.name(session, account, Role.AE, zoe, by=session.get_one(Person, stage.staff["ines"]), at=stage.now)

    routed(stage, *keys[:3])
    routed(stage, keys[3])
    routed(stage, *keys)  # and asked again nothing moves

    assert [owner(stage, key) for key in keys] == ["ada", "omar", "zoe", "zoe"]


def test_only_somebody_with_a_role_is_named_for_it(stage: Stage) -> None:
    renewal = small(stage)
    with stage.writing() as session:
        account = session.get_one(Account, session.get_one(Renewal, renewal).account_id)
        omar, ines = (session.get_one(Person, stage.staff[name]) for name in ("omar", "ines"))

        with pytest.raises(Malformed, match="with this role"):
            team.name(session, account, Role.CSM, omar, by=ines, at=stage.now)


def test_a_renewal_keeps_its_owner_when_nobody_has_the_role(stage: Stage) -> None:
    with stage.writing() as session:
        session.get_one(Person, stage.staff["omar"]).active = False
    renewal = stage.renewal("elder", ENTERPRISE, Health.GREEN, JUNE)

    routed(stage, renewal)

    assert owner(stage, renewal) == "maya"


def test_whom_the_book_names_as_the_rule_would_follows_the_rule_from_then_on(stage: Stage) -> None:
    renewal = stage.renewal("elder", ENTERPRISE, Health.GREEN, JUNE)
    with stage.writing() as session:
        session.get_one(Renewal, renewal).owner_id = stage.staff["omar"]
    assert routed(stage, renewal)[0].decided == {}

    publish(stage, PolicyKind.OWNERSHIP, model="csm")
    routed(stage, renewal)

    assert owner(stage, renewal) == "maya"


def test_who_is_named_in_the_book_for_a_renewal_keeps_it(stage: Stage) -> None:
    renewal = stage.renewal("elder", ENTERPRISE, Health.GREEN, JUNE)
    with stage.writing() as session:
        session.get_one(Renewal, renewal).owner_id = stage.staff["ravi"]

    routing = routed(stage, renewal)[0]

    assert owner(stage, renewal) == "ravi"
    assert routing.owner_rule == "large"
    assert routing.decided["owner"]["reason"] == "Named for this renewal in the book that was brought in."


def test_many_small_renewals_in_a_quarter_are_a_specialists_from_t_60(stage: Stage) -> None:
    publish(stage, PolicyKind.OWNERSHIP, high_volume={"amount": "small", "a_quarter": 3})
    spring = [small(stage, name) for name in ("birch", "cedar", "doric")]
    autumn = small(stage, "elder", date(2026, 11, 4))

    routed(stage, *spring, autumn)

    assert [owner(stage, key) for key in (*spring, autumn)] == ["maya"] * 4
    stage.jump(JUNE - timedelta(days=60))
    routed(stage, *spring, autumn)
    assert [owner(stage, key) for key in (*spring, autumn)] == ["ravi", "ravi", "ravi", "maya"]


def test_what_depends_on_a_day_is_looked_at_again_on_that_day_where_the_customer_is(stage: Stage) -> None:
    publish(stage, PolicyKind.OWNERSHIP, model="specialist")
    renewal = small(stage)
    at_t60 = JUNE - timedelta(days=60)

    routing = routed(stage, renewal)[0]

    assert routing.look_again_on == at_t60
    for day, due in ((at_t60 - timedelta(days=1), 0), (at_t60, 1)):
        stage.jump(day)
        with stage.writing() as session:
            assert len(session.scalars(Routing.due(stage.now, 10)).unique().all()) == due
    assert routed(stage, renewal)[0].look_again_on is None


def test_another_model_gives_open_renewals_to_others_and_the_preview_says_so_before(stage: Stage) -> None:
    keys = [small(stage, "birch"), stage.renewal("elder", ENTERPRISE, Health.GREEN, JUNE)]
    routed(stage, *keys)
    draft = Rules.of(shipped(PolicyKind.TOUCH), shipped(PolicyKind.OWNERSHIP) | {"model": "csm"})

    with stage.writing() as session:
        seen = preview(session, draft)
    publish(stage, PolicyKind.OWNERSHIP, model="csm")
    found = routed(stage, *keys)

    assert seen.counts == {("owner", "ae", "csm"): 1}
    assert [(change.account, dict(change.parts)) for change in seen.changes] == [("elder", {"owner": ("ae", "csm")})]
    assert [owner(stage, key) for key in keys] == ["maya", "maya"]
    assert found[1].policy.endswith("ownership@2")


def test_a_strategic_account_has_its_sponsor_beside_the_owner(stage: Stage) -> None:
    renewal = small(stage)
    with stage.writing() as session:
        account = session.get_one(Account, session.get_one(Renewal, renewal).account_id)
        by = session.get_one(Person, stage.staff["ines"])
        account.flag_strategic("The reference of their industry", date(2027, 1, 4), by=by, at=stage.now)

    routing = routed(stage, renewal)[0]

    assert owner(stage, renewal) == "maya"
    assert routing.sponsor_id == stage.staff["grace"]
    assert routing.touch == "negotiated"
    assert (account.strategic_reason, account.strategic_review_on) == (
        "The reference of their industry", date(2027, 1, 4),
    )


@pytest.mark.parametrize(
    ("reason", "review_on", "words"),
    [("", date(2027, 1, 4), "why this account"), ("They matter", date(2026, 4, 8), "later day")],
)
def test_a_strategic_flag_has_a_reason_and_a_day_to_look_again(
    stage: Stage, reason: str, review_on: date, words: str
) -> None:
    renewal = small(stage)
    with stage.writing() as session:
        account = session.get_one(Account, session.get_one(Renewal, renewal).account_id)

        with pytest.raises(Malformed, match=words):
            account.flag_strategic(reason, review_on, by=session.get_one(Person, stage.staff["maya"]), at=stage.now)


def test_only_the_plans_own_seats_can_be_used_not_what_is_bought_beside_it(stage: Stage) -> None:
    renewal = small(stage)
    with stage.writing() as session:
        found = session.get_one(Renewal, renewal)
        paid, used = found.seats, found.seats - 1
        session.add(
            Line(account_id=found.account_id, term_id=found.term_id, position=1, product="insights", quantity=paid,
                 unit_minor=100, amount_minor=100 * paid, currency="USD", starts_on=found.term.starts_on, ends_on=JUNE)
        )
        session.add(
            Usage(account_id=found.account_id, subscription_id=found.subscription_id, metric=ACTIVE_USERS,
                  month=date(2026, 3, 1), amount=used)
        )

    assert routed(stage, renewal)[0].known.seats_used == 100 * used // paid


def test_an_enterprise_whose_people_approve_one_after_another_begins_at_t_150(stage: Stage) -> None:
    keys = [stage.renewal("elder", ENTERPRISE, Health.GREEN, JUNE), stage.renewal("cedar", MIDDLE, Health.GREEN, JUNE)]
    stage.draw(*keys)
    before = [first_day(stage, key) for key in keys]
    with stage.writing() as session:
        for person in session.scalars(select(Person).where(Person.account_id.is_not(None))):
            roles = [{"sven": "decision_maker", "olga": "economic_buyer"}.get(person.name.split()[1], "procurement")]
            session.add(Stake(account_id=person.account_id, person_id=person.id, buying_roles=roles))

    stage.draw(*keys)

    assert (before, [first_day(stage, key) for key in keys]) == ([120, 60], [150, 60])


def first_day(stage: Stage, renewal: UUID) -> int:
    """Units: days before the renewal date."""
    with stage.writing() as session:
        return session.scalars(Milestone.of_renewal(renewal).where(~Milestone.quiet)).first().days  # type: ignore[union-attr]


# What a person decides


def test_a_decision_stands_against_its_rule_with_who_and_why(stage: Stage) -> None:
    renewal = small(stage)
    routed(stage, renewal)

    decide(stage, renewal, Part.OPPORTUNITY, "at_risk", reason="Their budget is cut")
    routing = routed(stage, renewal)[0]

    assert (routing.opportunity, routing.strategy) == ("at_risk", "save_mode")  # what follows follows
    said = routing.decided["opportunity"]
    assert (said["reason"], said["by"]) == ("Their budget is cut", str(stage.staff["maya"]))
    assert routing.reasons["opportunity"]["value"] == "flat"
    (event,) = events(stage, renewal, EventName.ROUTING_DECIDED)
    assert (event.details["part"], event.details["from"], event.details["to"]) == ("opportunity", "flat", "at_risk")


def test_a_decision_is_given_back_to_its_rule(stage: Stage) -> None:
    renewal = small(stage)
    routed(stage, renewal)
    decide(stage, renewal, Part.STRATEGY, "save_mode")
    with stage.writing() as session:
        routing, found = Routing.of(session, renewal), Renewal.find(session, renewal)
        assert routing
        maya = session.get_one(Person, stage.staff["maya"])
        routing.give_back(Part.STRATEGY, "It was not so", renewal=found, by=maya, at=stage.now)
        with pytest.raises(NotNow, match="decides this already"):
            routing.give_back(Part.STRATEGY, "Again", renewal=found, by=maya, at=stage.now)

    assert routed(stage, renewal)[0].strategy == "streamlined_confirmation"


@pytest.mark.parametrize(
    ("part", "value", "reason", "by", "refusal"),
    [
        (Part.TOUCH, "negotiated", " ", "maya", Malformed),
        (Part.TOUCH, "by_magic", "Why not", "maya", Malformed),
        (Part.SEGMENT, "smb", "It has a door of its own", "maya", Malformed),
        (Part.TOUCH, "negotiated", "They asked", "farah", NotYours),
        (Part.TOUCH, "auto", "They like it", "maya", NotNow),
    ],
)
def test_a_decision_that_can_not_stand_is_refused(
    stage: Stage, part: Part, value: str, reason: str, by: str, refusal: type[Exception]
) -> None:
    renewal = small(stage)
    routed(stage, renewal)

    with pytest.raises(refusal):
        decide(stage, renewal, part, value, by=by, reason=reason)


def mandate(stage: Stage, renewal: UUID) -> None:
    """An auto-renew clause, and a card that outlives the term."""
    with stage.writing() as session:
        found = session.get_one(Renewal, renewal)
        session.get_one(Term, found.term_id).auto_renew = True
        account = session.get_one(Account, found.account_id)
        account.put_card_on_file("pm_1", "Visa", "4242", date(2030, 1, 31), by=None, at=stage.now)


def test_small_with_clause_and_card_runs_by_itself_until_the_card_would_die(stage: Stage) -> None:
    renewal = small(stage)
    mandate(stage, renewal)
    assert routed(stage, renewal)[0].touch == "auto"

    with stage.writing() as session:
        account = session.get_one(Account, session.get_one(Renewal, renewal).account_id)
        account.put_card_on_file("pm_2", "Visa", "1881", JUNE - timedelta(days=1), by=None, at=stage.now)

    assert routed(stage, renewal)[0].touch == "assisted"


def test_an_enterprise_runs_by_itself_only_by_a_managers_reason(stage: Stage) -> None:
    renewal = stage.renewal("elder", ENTERPRISE, Health.GREEN, JUNE)
    mandate(stage, renewal)
    routed(stage, renewal)

    with pytest.raises(NotYours, match="manager"):
        decide(stage, renewal, Part.TOUCH, "auto")
    decide(stage, renewal, Part.TOUCH, "auto", by="ines")

    assert routed(stage, renewal)[0].touch == "auto"


def test_what_may_run_by_itself_no_longer_does_once_it_is_red_and_does_again_after_that(stage: Stage) -> None:
    renewal = stage.renewal("elder", ENTERPRISE, Health.GREEN, JUNE)
    mandate(stage, renewal)
    routed(stage, renewal)
    decide(stage, renewal, Part.TOUCH, "auto", by="ines")

    touches = []
    for band in (Health.RED, Health.GREEN):
        with stage.writing() as session:
            session.get_one(Account, session.get_one(Renewal, renewal).account_id).health_band = band
        touches.append(routed(stage, renewal)[0].touch)
        if band is Health.RED:
            with pytest.raises(NotNow, match="in the red"):
                decide(stage, renewal, Part.TOUCH, "auto", by="ines")

    assert touches == ["negotiated", "auto"]


def test_the_plan_follows_the_touch(stage: Stage) -> None:
    renewal = small(stage)
    mandate(stage, renewal)
    stage.draw(renewal)
    decide(stage, renewal, Part.TOUCH, "assisted")
    with stage.writing() as session:
        before = session.scalars(select(Plan).where(Plan.renewal_id == renewal)).one().touch

    stage.draw(renewal)

    with stage.writing() as session:
        assert (before, session.scalars(select(Plan).where(Plan.renewal_id == renewal)).one().touch) == (
            "auto", "assisted",
        )


# What changes hands


def test_a_person_gives_it_to_another_and_no_rule_takes_it_back(stage: Stage) -> None:
    renewal = small(stage)
    routed(stage, renewal)

    give(stage, renewal, "ravi")
    routing = routed(stage, renewal)[0]

    assert owner(stage, renewal) == "ravi"
    assert routing.is_decided(Part.OWNER)
    (event,) = events(stage, renewal, EventName.RENEWAL_HANDED_OVER)
    assert event.details["former"] == str(stage.staff["maya"])


def test_open_work_moves_with_the_renewal_and_what_is_done_stays(stage: Stage) -> None:
    stage.jump(JUNE - timedelta(days=44))
    renewal = stage.renewal("cedar", MIDDLE, Health.GREEN, JUNE)
    stage.draw(renewal)
    stage.work()
    with stage.writing() as session:
        tasks = list(session.scalars(Task.of_renewal(renewal)))
        mine = {task.pattern for task in tasks if task.assignee_id == stage.staff["maya"] and task.role == "owner"}
        theirs = {task.pattern for task in tasks if task.assignee_id == stage.staff["maya"] and task.role == "csm"}

    give(stage, renewal, "omar")
    follow(stage, renewal)

    with stage.writing() as session:
        after = {task.pattern: task for task in session.scalars(Task.of_renewal(renewal))}
        moved = {key for key, task in after.items() if task.assignee_id == stage.staff["omar"]}
        given = session.scalars(select(Event).where(Event.name == EventName.TASK_GIVEN.value)).all()
    assert mine and mine <= moved
    assert {after[key].assignee_id for key in theirs} <= {stage.staff["maya"]}  # the CSM keeps the relationship
    assert len(given) == len(mine)


def test_after_t_60_the_customer_is_told_who_takes_over_in_their_office_hours(stage: Stage) -> None:
    stage.jump(JUNE - timedelta(days=60))  # a Saturday
    renewal = small(stage)
    routed(stage, renewal)

    give(stage, renewal, "ravi")
    follow(stage, renewal)

    (letter,) = introductions(stage, renewal)
    assert letter.email.startswith("birch.olga")
    assert letter.leave_at.date() == date(2026, 4, 20)
    assert letter.context["owner"] == str(stage.staff["ravi"])


def test_before_t_60_the_introduction_waits_and_names_the_last_who_took_over(stage: Stage) -> None:
    renewal = small(stage)
    routed(stage, renewal)
    give(stage, renewal, "ravi")
    give(stage, renewal, "omar")
    assert introductions(stage, renewal) == []

    stage.jump(JUNE - timedelta(days=60))
    with stage.writing() as session:
        found = session.scalars(Renewal.with_parts(Routing.due(stage.now, 10))).unique().all()
        policies = stage.policies(session)
        known = route(session, found, policies, at=stage.now)
        handoff.introduce_some(session, found, known, policies, at=stage.now)

    (letter,) = introductions(stage, renewal)
    assert letter.context["owner"] == str(stage.staff["omar"])


def test_only_the_last_of_two_in_a_night_is_introduced(stage: Stage) -> None:
    stage.jump(JUNE - timedelta(days=60))  # a Saturday: letters wait for Monday
    renewal = small(stage)
    routed(stage, renewal)

    give(stage, renewal, "ravi")
    give(stage, renewal, "omar")

    waiting = [one for one in introductions(stage, renewal) if one.state == "planned"]
    assert [one.context["owner"] for one in waiting] == [str(stage.staff["omar"])]


def test_who_said_no_is_not_written_to_about_a_new_owner(stage: Stage) -> None:
    stage.jump(JUNE - timedelta(days=50))
    renewal = small(stage)
    routed(stage, renewal)
    with stage.writing() as session:
        olga = session.scalars(select(Person).where(Person.name == "birch olga")).one()
        Renewal.find(session, renewal).decline("Too dear", by=olga, at=stage.now)

    give(stage, renewal, "ravi")

    assert introductions(stage, renewal) == []


def test_whoever_runs_very_many_small_ones_by_hand_is_named(stage: Stage) -> None:
    keys = [small(stage, f"company {number}") for number in range(3)]
    mandate(stage, keys[0])
    routed(stage, *keys)

    with stage.writing() as session:
        assert burdens(session, 2, stage.now) == []
        assert [(one.person, one.renewals, one.begins) for one in burdens(session, 1, stage.now)] == [
            ("maya", 2, date(2026, 4, 1))
        ]


def test_tasks_and_letters_are_counted_for_each_segment(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    stage.jump(JUNE - timedelta(days=60))
    with stage.writing() as session:
        for letter in session.scalars(select(Message).where(Message.renewal_id == renewal)):
            letter.sent("Soon", "It renews", at=stage.now)
        counted = {share.segment: (share.by_people, share.by_machine) for share in shares(session, stage.now)}

    assert counted[SMB] == (0, 1)


def test_routing_many_costs_as_many_queries_as_routing_one(stage: Stage) -> None:
    from sqlalchemy import event as listening

    keys = [small(stage, f"company {number}") for number in range(12)]
    asked: list[str] = []
    listening.listen(stage.database.engine, "before_cursor_execute", lambda *each: asked.append(each[2]))

    routed(stage, *keys)
    asked.clear()

    routed(stage, keys[0])
    one, asked[:] = len(asked), []
    routed(stage, *keys)

    assert len(asked) == one
