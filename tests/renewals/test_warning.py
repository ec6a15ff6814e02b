"""Warning: a single thread, a decision that nobody holds, a key person gone cold, a champion who left."""

from datetime import date, timedelta

import pytest

from renewals.segment import Segment
from renewals.stake import BuyingRole, Strength
from renewals.warning import Doubt, Tie, warnings

ON = date(2026, 8, 5)
LATELY = ON - timedelta(days=10)
CHAMPION, BUYER, DECIDES, USER = (
    BuyingRole.CHAMPION, BuyingRole.ECONOMIC_BUYER, BuyingRole.DECISION_MAKER, BuyingRole.USER,
)
ANNA = Tie("Anna", parts=(CHAMPION,), strength=Strength.STRONG, last_contact_on=LATELY)
HENRIK = Tie("Henrik", parts=(DECIDES, BUYER), strength=Strength.MEDIUM, last_contact_on=LATELY)


def doubts(*ties: Tie, segment: Segment | None = Segment.ENTERPRISE, days_left: int | None = 75) -> list[Doubt]:
    return [one.doubt for one in warnings(ties, segment, days_left, ON)]


def test_two_living_relationships_and_a_decision_maker_are_no_reason_to_warn() -> None:
    assert doubts(ANNA, HENRIK) == []


@pytest.mark.parametrize("segment", [Segment.MID_MARKET, Segment.ENTERPRISE])
def test_one_relationship_is_a_single_thread_from_mid_market_up(segment: Segment) -> None:
    alone = Tie("Anna", parts=(CHAMPION, DECIDES), strength=Strength.STRONG, last_contact_on=LATELY)

    assert doubts(alone, segment=segment) == [Doubt.SINGLE_THREAD]
    assert doubts(alone, segment=Segment.SMB) == []
    assert doubts(alone, segment=None) == []


@pytest.mark.parametrize(
    "second",
    [
        Tie("Weak", parts=(USER,), strength=Strength.WEAK),
        Tie("Unknown", parts=(USER,)),
        Tie("Left", active=False, parts=(USER,), strength=Strength.STRONG),
    ],
    ids=lambda tie: tie.name,
)
def test_somebody_weak_unknown_or_gone_is_no_second_thread(second: Tie) -> None:
    alone = Tie("Anna", parts=(CHAMPION, DECIDES), strength=Strength.STRONG, last_contact_on=LATELY)

    (said,) = warnings((alone, second), Segment.MID_MARKET, 75, ON)

    assert (said.doubt, said.names) == (Doubt.SINGLE_THREAD, ("Anna",))


def test_a_weak_decision_maker_is_a_warning_at_any_size_and_an_unknown_one_from_mid_market_up() -> None:
    weak = Tie("Sam", parts=(DECIDES,), strength=Strength.WEAK, last_contact_on=LATELY)
    left = Tie("Henrik", active=False, parts=(DECIDES,), strength=Strength.STRONG)

    assert doubts(weak, segment=Segment.SMB) == [Doubt.WEAK_DECISION_MAKER]
    assert Doubt.NO_DECISION_MAKER in doubts(ANNA, left)
    assert doubts(ANNA, segment=Segment.SMB) == []


@pytest.mark.parametrize(
    ("days_left", "silent", "is_cold"),
    [(90, 61, True), (90, 60, False), (91, 300, False), (-3, 61, True), (30, None, True), (None, 300, False)],
)
def test_a_key_person_is_cold_after_60_days_from_90_days_before_on(
    days_left: int | None, silent: int | None, is_cold: bool
) -> None:
    last = None if silent is None else ON - timedelta(days=silent)
    erik = Tie("Erik", parts=(DECIDES,), strength=Strength.STRONG, last_contact_on=last)

    found = warnings((ANNA, erik), Segment.ENTERPRISE, days_left, ON)

    assert [(one.doubt, one.names, one.last_contact_on) for one in found] == (
        [(Doubt.COLD, ("Erik",), last)] if is_cold else []
    )


def test_a_user_may_be_silent() -> None:
    assert doubts(ANNA, HENRIK, Tie("Nina", parts=(USER,), strength=Strength.MEDIUM)) == []


def test_a_champion_who_left_is_missed_until_somebody_takes_the_part() -> None:
    left = Tie("Anna", active=False, parts=(CHAMPION,), strength=Strength.STRONG)
    erik = Tie("Erik", parts=(USER,), strength=Strength.STRONG)
    heir = Tie("Erik", parts=(CHAMPION,), strength=Strength.STRONG, last_contact_on=LATELY)

    assert doubts(left, erik, HENRIK) == [Doubt.CHAMPION_LEFT]
    assert doubts(left, heir, HENRIK) == []
