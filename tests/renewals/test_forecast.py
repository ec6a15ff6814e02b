"""How likely a renewal is: the number is the sum of its parts, and more trouble never makes it likelier."""

from itertools import product

import pytest

from renewals.forecast import Doubts, Forecast, Part, Risk, Timeliness, forecast, risk, rules_of
from renewals.health import Health
from renewals.policy import Policy
from renewals.renewal import CLOSED, RenewalState, place
from renewals.segment import Segment

RULES = rules_of(None)
OPEN = [stage for stage in RenewalState if stage not in CLOSED]
GREEN, YELLOW, RED, UNKNOWN = Health.GREEN, Health.YELLOW, Health.RED, Health.UNKNOWN
IN_TIME, LATE, OVERDUE = Timeliness.IN_TIME, Timeliness.LATE, Timeliness.OVERDUE
EVERY = list(product(RenewalState, Health, Timeliness, (False, True)))


def of(stage: str, health: Health, timeliness: Timeliness, *, declined: bool = False) -> Forecast:
    return forecast(RenewalState(stage), health, timeliness, RULES, declined=declined)


@pytest.mark.parametrize(
    ("stage", "health", "timeliness", "likely", "at_risk"),
    [
        ("planned", GREEN, IN_TIME, 80, Risk.LOW),
        ("engaged", GREEN, IN_TIME, 85, Risk.LOW),
        ("proposed", YELLOW, IN_TIME, 70, Risk.MEDIUM),
        ("proposed", YELLOW, LATE, 60, Risk.HIGH),
        ("proposed", GREEN, LATE, 80, Risk.MEDIUM),
        ("engaged", GREEN, OVERDUE, 55, Risk.HIGH),
        ("planned", RED, IN_TIME, 35, Risk.HIGH),
        ("planned", RED, OVERDUE, 5, Risk.HIGH),
        ("planned", UNKNOWN, IN_TIME, 65, Risk.MEDIUM),
        ("agreed", GREEN, IN_TIME, 98, Risk.LOW),
        ("won", RED, IN_TIME, 100, Risk.LOW),
        ("lost", GREEN, IN_TIME, 0, Risk.LOW),
    ],
)
def test_how_likely_and_how_risky(
    stage: str, health: Health, timeliness: Timeliness, likely: int, at_risk: Risk
) -> None:
    found = of(stage, health, timeliness)

    assert (found.probability, found.risk) == (likely, at_risk)


def test_the_parts_always_add_up_to_the_number() -> None:
    for stage, health, timeliness, declined in EVERY:
        found = forecast(stage, health, timeliness, RULES, declined=declined)

        assert sum(part.points for part in found.parts) == found.probability
        assert 0 <= found.probability <= 100
        assert stage in CLOSED or 1 <= found.probability <= 98


def test_a_yellow_customer_who_does_not_say_whether_they_stay_counts_as_red() -> None:
    for stage, timeliness in product(OPEN, Timeliness):
        silent = forecast(stage, YELLOW, timeliness, RULES, doubts=Doubts(silent=True))
        red = forecast(stage, RED, timeliness, RULES)

        assert (silent.probability, silent.risk) == (red.probability, red.risk)
        assert Part("silent", "", -25) in silent.parts
        assert sum(part.points for part in silent.parts) == silent.probability


def test_more_trouble_is_never_likelier() -> None:
    for stage, timeliness in product(OPEN, Timeliness):
        by_health = [forecast(stage, health, timeliness, RULES).probability for health in (GREEN, UNKNOWN, YELLOW, RED)]
        assert by_health == sorted(by_health, reverse=True)
    for stage, health in product(OPEN, Health):
        by_time = [forecast(stage, health, time, RULES).probability for time in (IN_TIME, LATE, OVERDUE)]
        assert by_time == sorted(by_time, reverse=True)


def test_a_customer_who_said_no_is_unlikely_and_a_high_risk_whatever_else_is_well() -> None:
    for stage, health, timeliness in product(OPEN, Health, Timeliness):
        found = forecast(stage, health, timeliness, RULES, declined=True)

        assert found.probability <= 5
        assert found.risk is Risk.HIGH


def test_an_unknown_health_is_never_as_good_as_green() -> None:
    assert risk(UNKNOWN, IN_TIME) is not Risk.LOW
    assert of("engaged", UNKNOWN, IN_TIME).probability < of("engaged", GREEN, IN_TIME).probability


@pytest.mark.parametrize(
    ("stage", "segment", "days_left", "timeliness"),
    [
        ("planned", Segment.SMB, 31, IN_TIME),
        ("planned", Segment.SMB, 30, LATE),
        ("engaged", Segment.SMB, 30, IN_TIME),
        ("engaged", Segment.SMB, 8, IN_TIME),
        ("engaged", Segment.SMB, 7, LATE),
        ("agreed", Segment.SMB, 0, IN_TIME),
        ("agreed", Segment.SMB, -1, OVERDUE),
        ("preparing", Segment.MID_MARKET, 61, IN_TIME),
        ("preparing", Segment.MID_MARKET, 60, LATE),
        ("engaged", Segment.MID_MARKET, 30, LATE),
        ("proposed", Segment.MID_MARKET, 15, IN_TIME),
        ("negotiating", Segment.MID_MARKET, 14, LATE),
        ("agreed", Segment.MID_MARKET, 14, IN_TIME),
        ("preparing", Segment.ENTERPRISE, 90, LATE),
        ("contracting", Segment.ENTERPRISE, 1, IN_TIME),
        ("planned", None, 3, IN_TIME),
        ("won", Segment.SMB, -40, IN_TIME),
    ],
)
def test_a_renewal_is_late_while_its_stage_is_behind_its_date(
    stage: str, segment: Segment | None, days_left: int, timeliness: Timeliness
) -> None:
    assert Timeliness.of(RenewalState(stage), segment, days_left, RULES) is timeliness


def test_another_policy_gives_another_number_without_other_code() -> None:
    gloomy = rules_of(Policy(content={"stage": {stage.value: 20 for stage in OPEN}}))

    assert forecast(RenewalState.ENGAGED, GREEN, IN_TIME, gloomy).probability == 30
    assert forecast(RenewalState.ENGAGED, RED, OVERDUE, gloomy).probability == 1


def test_the_shipped_policy_weighs_every_stage_health_and_delay() -> None:
    assert set(RULES["stage"]) == {stage.value for stage in OPEN}
    assert set(RULES["health"]) == {health.value for health in Health}
    assert set(RULES["timeliness"]) == {time.value for time in Timeliness}
    assert set(RULES["due"]) == {segment.value for segment in Segment}
    assert [place(stage) for stage in OPEN] == sorted(place(stage) for stage in OPEN)
