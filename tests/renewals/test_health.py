"""Health: a band that falls at once, comes back when it is sure, and does not flutter."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.errors import Malformed
from renewals.health import Bands, Confidence, Health, Standing
from renewals.policy import PolicyKind, shipped

BANDS = Bands.of(shipped(PolicyKind.HEALTH))
DAY = date(2026, 8, 5)


def bands_of(scores: list[int | None], every: int = 1) -> list[Health]:
    """The band after each reading; `every` so many days there is one."""
    standing, found = Standing(), []
    for place, score in enumerate(scores):
        standing = standing.after(score, DAY + timedelta(days=place * every), BANDS)
        found.append(standing.band)
    return found


def flips(bands: list[Health]) -> int:
    return sum(before is not after for before, after in pairwise(bands))


@pytest.mark.parametrize(
    ("score", "band"),
    [(100, "green"), (75, "green"), (74, "yellow"), (50, "yellow"), (49, "red"), (0, "red"), (None, "unknown")],
)
def test_a_score_that_nothing_came_before_has_the_plain_band(score: int | None, band: str) -> None:
    assert bands_of([score]) == [Health(band)]
    assert Health.of(score, shipped(PolicyKind.HEALTH)) == band


def test_a_fall_into_red_is_believed_at_once() -> None:
    assert bands_of([91, 49]) == [Health.GREEN, Health.RED]


def test_out_of_red_leads_a_score_of_60_that_is_still_there_14_days_later() -> None:
    assert bands_of([40, *[60] * 14]) == [Health.RED] * 15
    assert bands_of([40, *[60] * 15])[-1] is Health.YELLOW
    assert bands_of([40, *[59] * 60])[-1] is Health.RED
    assert bands_of([40, 90, 90], every=14)[-1] is Health.GREEN


def test_one_bad_day_begins_the_14_days_again() -> None:
    assert bands_of([40, *[70] * 10, 59, *[70] * 14])[-1] is Health.RED
    assert bands_of([40, *[70] * 10, None, *[70] * 14])[-1] is Health.RED


def test_two_scores_far_apart_are_enough_and_one_alone_is_not() -> None:
    assert bands_of([40, 65], every=90)[-1] is Health.RED
    assert bands_of([40, 65, 65], every=90)[-1] is Health.YELLOW


def test_a_score_that_is_missing_never_looks_better() -> None:
    assert bands_of([91, None]) == [Health.GREEN, Health.UNKNOWN]
    assert bands_of([60, None]) == [Health.YELLOW, Health.YELLOW]
    assert bands_of([30, None]) == [Health.RED, Health.RED]


def test_a_month_later_the_border_of_green_is_a_plain_line_again() -> None:
    assert bands_of([80, 74, 75], every=29)[-1] is Health.YELLOW
    assert bands_of([80, 74, 75], every=30)[-1] is Health.GREEN
    assert bands_of([80, 74, 77])[-1] is Health.GREEN


@given(
    threshold=st.sampled_from([BANDS.yellow, BANDS.out_of_red, BANDS.green]),
    before=st.lists(st.integers(0, 100), max_size=5),
    noise=st.lists(st.integers(-1, 1), min_size=1, max_size=30),
)
def test_a_point_of_noise_round_a_threshold_for_30_days_makes_no_second_flip(
    threshold: int, before: list[int], noise: list[int]
) -> None:
    """Whatever came before, a quiet month ago; to come near the threshold from afar is no noise."""
    standing = Standing()
    for score in before:
        standing = standing.after(score, DAY - timedelta(days=60), BANDS)

    bands = []
    for place, step in enumerate(noise):
        standing = standing.after(threshold + step, DAY + timedelta(days=place), BANDS)
        bands.append(standing.band)

    assert flips(bands) <= 1


@given(
    scores=st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=60),
    days=st.integers(1, 20),
)
def test_a_band_says_since_when_and_is_never_better_than_its_score(scores: list[int | None], days: int) -> None:
    readings = [(DAY + timedelta(days=days * place), score) for place, score in enumerate(scores)]
    bands = bands_of(scores, every=days)
    begun = next(place for place in range(len(bands)) if flips(bands[place:]) == 0)

    standing = Standing.over(readings, BANDS)

    assert (standing.band, standing.since) == (bands[-1], readings[begun][0])
    assert scores[-1] is None or scores[-1] >= BANDS.yellow or standing.band is Health.RED
    assert scores[-1] is not None or standing.band is not Health.GREEN


def test_a_score_is_relied_on_for_30_days() -> None:
    assert BANDS.confidence(80, DAY, DAY + timedelta(days=30)) is Confidence.FRESH
    assert BANDS.confidence(80, DAY, DAY + timedelta(days=31)) is Confidence.STALE
    assert BANDS.confidence(80, None, DAY) is Confidence.STALE
    assert BANDS.confidence(None, DAY, DAY) is Confidence.MISSING


def test_a_policy_from_before_there_was_a_history_still_counts() -> None:
    old = Bands.of({"green": 80, "yellow": 65})

    assert (old.green, old.yellow, old.out_of_red, old.held.days) == (80, 65, 65, 14)


@pytest.mark.parametrize("wrong", [{"green": 50}, {"yellow": "50"}, {"held_days": -1}, {"green": 101}])
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        Bands.of({**shipped(PolicyKind.HEALTH), **wrong})
