"""Preliminary terms: what a customer is told before anything is offered, and what the proposal says of it later."""

import re
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from app.chores.plan import keep_plans
from app.transaction import Role
from app.work import Work
from pricing.asked import Axis
from pricing.deal import Deal
from pricing.multiyear import Shape
from pricing.quoting import quote
from pricing.scope import ScopeLine
from renewals.acceptance import Acceptance
from renewals.choice import Choice
from renewals.policy import Policy, PolicyKind
from renewals.quoting.basis import Basis
from renewals.quoting.ladder import ladder
from renewals.quoting.preliminary import PreliminaryTerms
from renewals.renewal import Renewal
from tests.gateways.reading import text_of
from tests.quoting.desk import AT, INES, desk
from tests.web.guest import Guest, known
from tests.world import World

T60 = date(2026, 8, 20)
"""Of Halden Bank, which renews on 19 October."""
NORTHWIND = "northwind-freight"
AGAIN = """
INSERT INTO preliminary_terms
SELECT gen_random_uuid(), account_id, renewal_id, milestone_id, on_day, content, policies, made_at
FROM preliminary_terms
"""
SECTION = re.compile(r'<section[^>]*aria-labelledby="preliminary">.*?</section>', re.DOTALL)


@pytest.fixture
def dana(world: World) -> Guest:
    return known(world, world.person("dana@northwind-freight.example"))


def told(world: World, account: str) -> PreliminaryTerms:
    with world.reading() as session:
        found = PreliminaryTerms.of(session, world.renewal(account))
        assert found, account
        return found


def live_until(world: World, day: date) -> None:
    world.stand_at(day)
    Work(world.house).run(keep_plans)


def test_at_t_60_a_negotiated_renewal_is_told_what_it_may_come_to_and_a_small_one_is_not(world: World) -> None:
    live_until(world, T60 - timedelta(days=1))
    with world.reading() as session:
        assert PreliminaryTerms.of(session, world.renewal("halden-bank")) is None

    live_until(world, T60 + timedelta(days=1))
    live_until(world, T60 + timedelta(days=2))

    assert told(world, "halden-bank").on_day == T60 + timedelta(days=1)
    with world.reading() as session:
        of_halden = PreliminaryTerms.renewal_id == world.renewal("halden-bank")
        assert session.scalar(select(func.count()).where(of_halden)) == 1
        assert PreliminaryTerms.of(session, world.renewal("cedar-dental")) is None


def test_one_milestone_freezes_them_once_and_nobody_changes_them(world: World) -> None:
    frozen = told(world, NORTHWIND)
    for statement in ("UPDATE preliminary_terms SET on_day = on_day + 1", "DELETE FROM preliminary_terms"):
        with pytest.raises(DBAPIError), world.writing() as session:
            session.execute(text(statement))
    with pytest.raises(IntegrityError), world.writing() as session:
        session.execute(text(AGAIN))
    as_customer = world.house.database.begin(Role.PORTAL, frozen.account_id)
    with pytest.raises(ProgrammingError, match="permission denied"), as_customer as (session, _):
        session.execute(text(AGAIN))


def test_only_what_policy_approves_by_itself_is_said_to_the_cent(world: World) -> None:
    one, two, three = told(world, NORTHWIND).lengths

    assert (one.least, one.most) == (one.quoted.today.per_year, one.quoted.today.per_year)
    assert not two.standing and two.most == two.quoted.asked_per_year > two.least
    assert three.standing and three.is_exact and three.least < one.least
    with desk(world, NORTHWIND) as at:
        basis = Basis.of(at.renewal, at=AT)
        for each in (one, two, three):
            axes = {need.axis for need in basis.matrix.needs(basis.asked(each.quoted))}
            assert not axes & {Axis.DISCOUNT, Axis.LINE, Axis.ECONOMICS}
            assert each.standing == (not axes)


def test_who_is_at_risk_is_told_of_a_year_and_of_nothing_more_to_buy(world: World) -> None:
    live_until(world, date(2026, 11, 24))

    frozen = told(world, "orbit-labs")
    assert [one.months for one in frozen.lengths] == [12]
    assert not frozen.options


def test_their_page_shows_them_until_a_proposal_is_sent_with_nothing_to_press(world: World, dana: Guest) -> None:
    page = f"/renewals/{world.renewal(NORTHWIND)}"
    for locale, words in (("en", "Preliminary terms, not an offer"), ("ms", "Syarat awal, bukan tawaran")):
        dana.cookies["kekal_locale"] = locale
        [section] = SECTION.findall(dana.get(page).text)
        assert words in section
        assert not re.search(r"<(form|button|input|a)\b", section)

    with desk(world, NORTHWIND) as at:
        at.sent(INES)
    assert not SECTION.findall(dana.get(page).text)


def test_nothing_is_offered_beside_what_is_being_agreed(world: World, dana: Guest) -> None:
    page = f"/renewals/{world.renewal(NORTHWIND)}"
    with world.reading() as session:
        choice = Choice.of(session, Renewal.find(session, world.renewal(NORTHWIND)), AT.date())
        told_before = {option.content_hash for option in choice.options}
        terms = choice.policies[PolicyKind.TERMS].content_hash

    read = dana.get(page).text
    assert not re.search(r'name="option"|aria-label="Renew and pay"', read)
    assert "We make you a proposal, and you answer it here." in read
    for option in told_before:
        pressed = dana.post(f"{page}/payment", {"option": option, "terms": terms})
        assert pressed.status_code == 409 and "Answer what we propose" in pressed.text
        assert dana.get(f"{page}/price/{option}").status_code in (404, 409)

    with desk(world, NORTHWIND) as at:
        at.sent(INES)
    assert "Our proposal is the one offer that holds now" in dana.get(page).text
    with world.reading() as session:
        assert session.scalar(select(func.count()).select_from(Acceptance)) == 0


def test_where_policy_says_so_they_may_renew_as_it_is_now_and_nothing_else(world: World, dana: Guest) -> None:
    with world.writing() as session:
        policy = Policy.in_force(session, PolicyKind.TIMELINE, AT.date())
        content = {**policy.content, "while_negotiated": "as_now"}
        Policy.publish(session, PolicyKind.TIMELINE, content, begins_on=AT.date(), reason="Flat", by=None, at=AT)

    read = dana.get(f"/renewals/{world.renewal(NORTHWIND)}").text

    assert "Or renew as it is now" in read
    assert len(re.findall(r'type="radio" name="option"', read)) == 1 and "Same as today" in read


def test_once_the_term_is_over_nobodys_service_waits_for_our_proposal(world: World) -> None:
    with world.reading() as session:
        renewal = Renewal.find(session, world.renewal(NORTHWIND))
        on_the_last_day, after = (Choice.of(session, renewal, renewal.last_day + timedelta(days=n)) for n in (0, 1))

        assert not ladder(on_the_last_day)
        assert list(ladder(after)) == list(after.options)


def test_page_paper_and_data_say_the_same_of_what_differs(world: World, dana: Guest) -> None:
    with desk(world, NORTHWIND) as at:
        at.at += timedelta(days=1)
        quote = at.sent(INES, months=24, shape=Shape.FIXED).id

    data = dana.get(f"/proposals/{quote}.json").json()["preliminary"]
    assert (data["least"], data["most"], data["is_inside"]) == ("52800.00", "60000.00", True)
    assert data["causes"] == [{"cause": "term", "amount": "7200.00"}]
    page, paper = dana.get(f"/proposals/{quote}").text, text_of(dana.get(f"/proposals/{quote}/pdf").content)
    for told_here in (page, paper):
        assert "What differs from the preliminary terms" in told_here
        assert "What the length of the term earns:" in told_here and "+7,200.00" in told_here


def test_a_proposal_says_what_is_not_as_they_were_told_cause_by_cause_to_the_cent(world: World) -> None:
    with world.writing() as session:
        policy = Policy.in_force(session, PolicyKind.PRICE, AT.date())
        content = deepcopy(policy.content)
        content["strategy"] = "uplift"
        Policy.publish(session, PolicyKind.PRICE, content, begins_on=AT.date(), reason="Dearer", by=None, at=AT)
    with desk(world, NORTHWIND) as at:
        quote = at.draft()
        more = at.deal(quote, discount=300)
        found = told(world, NORTHWIND).departure(Basis.of(at.renewal, at=AT).price(more))

    names = {cause.name for cause in found.causes}
    assert {"price", "discount"} <= names
    assert found.rules == ("price@1", "price@2")
    assert sum(cause.money.minor for cause in found.causes) == found.money.minor != 0


def test_seats_that_came_meanwhile_are_a_cause_of_their_own(world: World) -> None:
    with desk(world, NORTHWIND) as at:
        choice = Basis.of(at.renewal, at=AT).choice
        held = choice.scope.plan_line
        more = ScopeLine(held.product, held.quantity + 5, held.amount + held.unit_price * 5)
        scope = replace(choice.scope, lines=(more,))
        deal = Deal.as_today(scope, net_days=at.renewal.term.net_days)
        found = told(world, NORTHWIND).departure(
            quote(scope, choice.facts, choice.price_policy, deal, at.renewal.renews_on)
        )

    assert [(cause.name, cause.money) for cause in found.causes] == [("held", held.unit_price * 5)]
    assert found.money == held.unit_price * 5
