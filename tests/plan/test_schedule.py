"""Schedule: which milestones a renewal climbs, and on which days where the customer is."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import available_timezones

import pytest

from renewals.health import Health
from renewals.plan.hours import Hours
from renewals.plan.profile import Profile
from renewals.plan.schedule import rungs, schedule
from renewals.plan.touch import Touch
from renewals.policy import PolicyKind, shipped
from renewals.segment import Segment

POLICY = shipped(PolicyKind.PLAN)
PLANS = POLICY["plans"]
ENTERPRISE, MID, SMB = Segment.ENTERPRISE, Segment.MID_MARKET, Segment.SMB
GREEN, YELLOW, RED, UNKNOWN = Health.GREEN, Health.YELLOW, Health.RED, Health.UNKNOWN
AUTO, ASSISTED, NEGOTIATED = Touch.AUTO, Touch.ASSISTED, Touch.NEGOTIATED

BY_KIND = [
    ("enterprise", Profile(ENTERPRISE, GREEN, NEGOTIATED), (120, 90, 60, 45, 30, 14, 7, 0, -1)),
    ("enterprise, yellow", Profile(ENTERPRISE, YELLOW, NEGOTIATED), (150, 120, 90, 60, 45, 30, 14, 7, 0, -1)),
    ("several layers", Profile(ENTERPRISE, GREEN, NEGOTIATED, layered=True), (150, 120, 90, 60, 45, 30, 14, 7, 0, -1)),
    ("enterprise, red", Profile(ENTERPRISE, RED, NEGOTIATED), (180, 150, 120, 90, 60, 45, 30, 14, 7, 0, -1)),
    ("mid-market", Profile(MID, GREEN, NEGOTIATED), (60, 45, 30, 14, 7, 0, -1)),
    ("mid-market, yellow", Profile(MID, YELLOW, NEGOTIATED), (90, 60, 45, 30, 14, 7, 0, -1)),
    ("mid-market from 50K", Profile(MID, GREEN, NEGOTIATED, large=True), (90, 60, 45, 30, 14, 7, 0, -1)),
    ("mid-market, red", Profile(MID, RED, NEGOTIATED), (180, 90, 60, 45, 30, 14, 7, 0, -1)),
    ("mid-market, no score", Profile(MID, UNKNOWN, NEGOTIATED), (60, 45, 30, 14, 7, 0, -1)),
    ("SMB", Profile(SMB, GREEN, ASSISTED), (60, 30, 14, 7, 0, -1)),
    ("SMB on autopilot", Profile(SMB, GREEN, AUTO), (30, 14, 7, 0, -1)),
    ("SMB, yellow", Profile(SMB, YELLOW, ASSISTED), (90, 60, 30, 14, 7, 0, -1)),
    ("SMB, red", Profile(SMB, RED, ASSISTED), (180, 90, 60, 30, 14, 7, 0, -1)),
]


@pytest.mark.parametrize(("profile", "days"), [case[1:] for case in BY_KIND], ids=[case[0] for case in BY_KIND])
def test_each_kind_of_renewal_climbs_its_own_milestones(profile: Profile, days: tuple[int, ...]) -> None:
    assert rungs(profile, PLANS) == days


@pytest.mark.parametrize(("segment", "health", "touch"), list(product(Segment, Health, Touch)))
def test_every_plan_ends_with_the_renewal_date_and_the_day_after(
    segment: Segment, health: Health, touch: Touch
) -> None:
    days = rungs(Profile(segment, health, touch), PLANS)

    assert days[-2:] == (0, -1)
    assert list(days) == sorted(set(days), reverse=True)


def hours(zone: str, country: str = "US") -> Hours:
    return Hours.of(POLICY["office"], zone, country)


@pytest.mark.parametrize("zone", sorted(available_timezones()))
def test_no_day_drifts_in_any_time_zone_from_2020_to_2060(zone: str) -> None:
    office, profile = hours(zone), Profile(ENTERPRISE, RED, NEGOTIATED)
    ends = [date(year, month, day) for year in range(2020, 2061, 4) for month, day in [(2, 29), (3, 31), (11, 1)]]

    for renews_on in ends:
        for rung in schedule(profile, renews_on, office, POLICY):
            assert rung.on == renews_on - timedelta(days=rung.days)
            assert rung.at.astimezone(office.zone).date() == rung.on


def test_a_milestone_comes_when_the_office_opens_where_the_customer_is() -> None:
    rungs_of = schedule(Profile(SMB, GREEN, AUTO), date(2026, 11, 15), hours("America/Chicago"), POLICY)
    place = {rung.key: rung.at for rung in rungs_of}

    assert place["t30"] == datetime(2026, 10, 16, 12, 30, tzinfo=UTC)  # summer time still
    assert place["t0"] == datetime(2026, 11, 15, 13, 30, tzinfo=UTC)


def test_days_with_work_of_the_machine_alone_stand_on_no_timeline() -> None:
    smb = schedule(Profile(SMB, GREEN, AUTO), date(2026, 9, 4), hours("America/Chicago"), POLICY)
    mid = schedule(Profile(MID, GREEN, NEGOTIATED), date(2026, 9, 24), hours("America/New_York"), POLICY)

    assert [rung.days for rung in smb if rung.quiet] == [90]
    assert [rung.days for rung in mid if rung.quiet] == [90, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("country", "moment", "leaves"),
    [
        ("US", "2026-08-05T15:00", "2026-08-05T15:00"),
        ("US", "2026-08-05T07:29", "2026-08-05T07:30"),
        ("US", "2026-08-05T18:00", "2026-08-06T07:30"),
        ("US", "2026-08-07T19:00", "2026-08-10T07:30"),
        ("US", "2026-08-08T12:00", "2026-08-10T07:30"),
        ("KW", "2026-08-07T12:00", "2026-08-09T07:30"),
        ("KW", "2026-08-08T12:00", "2026-08-09T07:30"),
        ("KW", "2026-08-09T12:00", "2026-08-09T12:00"),
    ],
)
def test_what_is_written_leaves_while_their_office_is_open(country: str, moment: str, leaves: str) -> None:
    office = hours("America/Chicago", country)
    at = datetime.fromisoformat(moment).replace(tzinfo=office.zone)

    assert office.next_open(at) == datetime.fromisoformat(leaves).replace(tzinfo=office.zone)
