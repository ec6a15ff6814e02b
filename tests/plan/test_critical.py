"""Critical path: a customer's own steps between today and the last day to decide."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewals.plan.critical import Route, Work, between, route

TODAY = date(2026, 8, 3)
DECIDE_BY = date(2026, 8, 21)
A_DAY = timedelta(days=1)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def planned(*works: Work, deadline: date = DECIDE_BY, today: date = TODAY) -> Route:
    return route(works, deadline, today, weekdays)


LEGAL_FIRST = (
    Work("legal", 5), Work("procurement", 3, frozenset({"legal"})), Work("signature", 2, frozenset({"procurement"}))
)


def test_the_last_step_ends_on_the_last_day_to_decide_and_the_others_before_it() -> None:
    placed = planned(*LEGAL_FIRST).placed

    assert (placed["signature"].start_by, placed["signature"].end_by) == (date(2026, 8, 20), DECIDE_BY)
    assert placed["procurement"].end_by == date(2026, 8, 19)
    assert placed["legal"].start_by == date(2026, 8, 10)


def test_what_can_start_now_is_what_is_spoken_of_first() -> None:
    urgent = planned(*LEGAL_FIRST).urgent

    assert urgent is not None
    assert (urgent.work.key, urgent.start_by, urgent.slack) == ("legal", date(2026, 8, 10), 5)


def test_begun_too_late_it_says_by_when_it_had_to_start() -> None:
    late = planned(*LEGAL_FIRST, today=date(2026, 8, 12))

    assert late.misses
    assert late.urgent is not None
    assert (late.urgent.work.key, late.urgent.start_by, late.urgent.slack) == ("legal", date(2026, 8, 10), -2)
    assert late.ends_on == date(2026, 8, 25)


def test_a_day_given_too_late_is_named_although_it_may_start_later() -> None:
    given_late = planned(Work("legal", 5, given=date(2026, 8, 18)), *LEGAL_FIRST[1:])

    assert given_late.urgent is not None
    assert (given_late.urgent.work.key, given_late.urgent.is_given_late) == ("legal", True)
    assert given_late.urgent.end_by == date(2026, 8, 14)


def test_a_day_given_in_time_holds_what_comes_after_it_and_misses_nothing() -> None:
    in_time = planned(Work("legal", 5, given=date(2026, 8, 13)), *LEGAL_FIRST[1:])

    assert not in_time.misses
    assert in_time.placed["procurement"].starts_on == date(2026, 8, 14)


def test_what_is_done_holds_nobody() -> None:
    left = planned(Work("legal", 5, done=True), *LEGAL_FIRST[1:])

    assert "legal" not in left.placed
    assert left.placed["procurement"].starts_on == TODAY
    assert planned(Work("legal", 5, done=True)).urgent is None


def test_a_last_day_on_a_sunday_is_the_friday_before_it() -> None:
    assert planned(Work("legal", 1), deadline=date(2026, 8, 23)).placed["legal"].end_by == DECIDE_BY


def test_steps_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        planned(Work(1, 1, frozenset({2})), Work(2, 1, frozenset({1})))


@st.composite
def plans(draw: st.DrawFn, dated: bool = False) -> list[Work]:
    """Each step may wait for any of those before it."""
    made: list[Work] = []
    for key in range(draw(st.integers(1, 8))):
        needs = draw(st.frozensets(st.integers(0, key - 1), max_size=3)) if key else frozenset()
        given = draw(st.none() | st.dates(TODAY, TODAY + timedelta(days=60))) if dated else None
        made.append(Work(key, draw(st.integers(1, 12)), needs, given, dated and draw(st.booleans())))
    return made


days = st.dates(TODAY - timedelta(days=30), TODAY + timedelta(days=120))
many = settings(max_examples=300, deadline=None)


@many
@given(plans(dated=True), days, days)
def test_no_step_starts_before_what_it_needs(works: list[Work], deadline: date, today: date) -> None:
    placed = planned(*works, deadline=deadline, today=today).placed

    for one in placed.values():
        for need in one.work.needs & placed.keys():
            assert one.starts_on > placed[need].ends_on
            assert one.start_by > placed[need].end_by
        assert weekdays(one.starts_on) and weekdays(one.start_by)
        assert one.end_by <= deadline and one.starts_on >= today
        assert between(one.starts_on - A_DAY, one.ends_on, weekdays) >= one.work.days or one.work.given
        assert between(one.start_by - A_DAY, one.end_by, weekdays) == one.work.days


@many
@given(plans(), days, days)
def test_the_critical_path_is_as_long_as_the_whole_and_nothing_has_less_room(
    works: list[Work], deadline: date, today: date
) -> None:
    planned_route = planned(*works, deadline=deadline, today=today)
    path = [planned_route.placed[key] for key in planned_route.path]

    assert planned_route.ends_on is not None
    span = between(path[0].starts_on - A_DAY, planned_route.ends_on, weekdays)
    assert sum(one.work.days for one in path) == span
    assert {one.slack for one in path} == {min(one.slack for one in planned_route.placed.values())}


@many
@given(plans(), days)
def test_with_just_enough_time_the_critical_path_has_no_room_at_all(works: list[Work], today: date) -> None:
    ends_on = planned(*works, today=today).ends_on
    assert ends_on is not None

    tight = planned(*works, deadline=ends_on, today=today)

    assert {tight.placed[key].slack for key in tight.path} == {0}
    assert not tight.misses


@many
@given(plans(dated=True), days, days, st.data())
def test_one_more_step_never_makes_a_later_date_possible(
    works: list[Work], deadline: date, today: date, data: st.DataObject
) -> None:
    """Wherever it is put: what it needs, and who waits for it."""
    place = data.draw(st.integers(0, len(works)))
    needs = frozenset(range(place)) & data.draw(st.frozensets(st.integers(0, 8)))
    waiting = frozenset(range(place, len(works))) & data.draw(st.frozensets(st.integers(0, 8)))
    more = [
        Work(one.key, one.days, one.needs | ({"new"} if one.key in waiting else set()), one.given, one.done)
        for one in works
    ]
    before = planned(*works, deadline=deadline, today=today).placed

    after = planned(*more, Work("new", data.draw(st.integers(1, 12)), needs), deadline=deadline, today=today).placed

    for key, one in before.items():
        assert after[key].start_by <= one.start_by
        assert after[key].ends_on >= one.ends_on
        assert after[key].slack <= one.slack


@many
@given(plans(dated=True), days, days)
def test_it_misses_exactly_when_it_ends_after_the_last_working_day_to_decide(
    works: list[Work], deadline: date, today: date
) -> None:
    planned_route = planned(*works, deadline=deadline, today=today)
    end = planned_route.ends_on

    late = end is not None and between(deadline, end, weekdays) > 0 and end > deadline
    given_weekends = any(one.given and not weekdays(one.given) for one in works)
    assert planned_route.misses == late or given_weekends
