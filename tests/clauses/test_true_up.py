"""A true-up adds and asks for what is used beyond the agreement: on its day, once, to the cent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.work import Work
from pricing.multiyear import Shape
from pricing.replay import mismatches
from renewals.clauses import true_up
from renewals.clauses.true_up import TrueUp
from renewals.instalment import Instalment
from renewals.subscription import Term
from tests.clauses.contract import day_comes, signed, used
from tests.world import World

AGAIN = text(
    "INSERT INTO true_up SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()))).* "
    "FROM true_up t WHERE term_id = :term"
)
A_YEAR_ON = date(2027, 9, 4)


def test_on_the_anniversary_the_seats_in_use_beyond_the_agreement_are_added_and_asked_for_once(world: World) -> None:
    key = signed(world, clauses=("true_up",))
    used(world, date(2027, 8, 1), 27)

    day_comes(world, A_YEAR_ON - timedelta(days=1))
    with world.reading() as session:
        assert TrueUp.of_term(session, key) == []
    day_comes(world, A_YEAR_ON)
    Work(world.house).run(lambda work: true_up.make_due(work.session, at=work.now))

    with world.reading() as session:
        [made], term = TrueUp.of_term(session, key), session.get_one(Term, key)
        asked = session.get_one(Instalment, made.instalment_id)
        assert (made.on_day, made.counted, made.added) == (A_YEAR_ON, {"growth": 27}, {"growth": 7})
        assert made.amount.minor == asked.amount_minor == 7 * 432_00
        assert (asked.number, asked.due_on) == (3, A_YEAR_ON + timedelta(days=term.net_days))
        assert [(line.quantity, line.starts_on) for line in term.lines] == [(20, term.starts_on), (7, A_YEAR_ON)]
        assert term.arr.minor == 27 * 432_00
        assert mismatches(made.trace) == []
        assert (term.next_true_up_on, made.step and made.step.policy) == (None, "clauses@1")


def test_a_price_that_rises_is_asked_for_as_it_stands_in_the_year_that_runs(world: World) -> None:
    key = signed(world, months=36, shape=Shape.ESCALATING, rise=500, clauses=("true_up",))
    used(world, date(2027, 8, 1), 21)
    used(world, date(2028, 8, 1), 23)

    day_comes(world, date(2028, 9, 4))

    with world.reading() as session:
        first, second = TrueUp.of_term(session, key)
        assert (first.on_day, first.added, first.amount.minor) == (A_YEAR_ON, {"growth": 1}, 2 * 453_60)
        assert (second.added, second.amount.minor) == ({"growth": 2}, (20 * 476_28 + 453_60) * 2 // 21)


def test_seats_that_are_not_used_or_that_nobody_counted_change_nothing(world: World) -> None:
    key = signed(world, months=36, clauses=("true_up",))
    used(world, date(2027, 8, 1), 12)
    used(world, date(2028, 7, 1), 40)

    day_comes(world, date(2028, 10, 3))
    with world.reading() as session:
        assert [one.on_day for one in TrueUp.of_term(session, key)] == [A_YEAR_ON], "August may still come in"
    day_comes(world, date(2028, 10, 4))

    with world.reading() as session:
        fewer, unknown = TrueUp.of_term(session, key)
        assert (fewer.counted, fewer.added, fewer.instalment_id) == ({"growth": 12}, {}, None)
        assert (unknown.counted, unknown.amount_minor) == ({}, 0)
        assert session.get_one(Term, key).arr.minor == 20 * 432_00


def test_the_database_makes_no_second_true_up_for_a_day(world: World) -> None:
    key = signed(world, clauses=("true_up",))
    used(world, date(2027, 8, 1), 27)
    day_comes(world, A_YEAR_ON)

    with world.writing() as session, pytest.raises(IntegrityError, match="uq_true_up_day"), session.begin_nested():
        session.execute(AGAIN, {"term": key})


def test_those_that_wait_for_their_last_month_keep_nobody_from_being_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signed(world, clauses=("true_up",))
    world.stand_at(A_YEAR_ON)
    monkeypatch.setattr(true_up, "SWEEP", 1)

    with world.writing() as session:
        waiting = true_up.make_due(session, at=datetime(2027, 9, 5, 9, tzinfo=UTC))
    used(world, date(2027, 8, 1), 27)
    with world.writing() as session:
        counted = true_up.make_due(session, at=datetime(2027, 9, 5, 9, tzinfo=UTC))

    with world.reading() as session:
        assert (waiting, counted, len(TrueUp.of_term(session, key))) == (0, 1, 1)
