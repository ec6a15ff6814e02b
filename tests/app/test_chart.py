"""A picture of a history: as long as it lasted, with a gap where nothing was known."""

from datetime import date, timedelta

from app.chart import line

DAY = date(2026, 8, 5)


def days(*scores: int | None) -> list[tuple[date, int | None]]:
    return [(DAY + timedelta(days=place), score) for place, score in enumerate(scores)]


def test_two_days_with_a_score_make_a_line_and_one_does_not() -> None:
    assert line(days(80), [50, 75]) is None
    assert line(days(80, None), [50, 75]) is None
    assert line([(DAY, 80), (DAY, 70)], [50, 75]) is None
    assert line(days(80, 70), [50, 75]) is not None


def test_a_day_that_was_not_known_is_a_gap_and_a_day_alone_is_a_dot() -> None:
    picture = line(days(80, 70, None, 60, None, 50), [])

    assert picture
    assert [stretch.count("L") for stretch in picture.path.split("M")[1:]] == [1, 1, 1]
    assert [stretch.split("L")[0] for stretch in picture.path.split("M")[2:]] == [
        stretch.split("L")[1] for stretch in picture.path.split("M")[2:]
    ]


def test_the_place_of_a_score_follows_its_day_and_its_height_the_score() -> None:
    picture = line([(DAY, 100), (DAY + timedelta(days=10), 0), (DAY + timedelta(days=40), 50)], [50])

    assert picture
    places = [place.split() for place in picture.path[1:].split("L")]
    assert [float(x) for x, _ in places] == [0, 250, 1000]
    assert (float(places[1][1]), float(places[2][1])) == (picture.base, picture.levels[0].y)
    assert (picture.end.value, picture.end.day) == (50, DAY + timedelta(days=40))


def test_the_last_score_of_a_day_counts() -> None:
    picture = line([(DAY, 10), (DAY + timedelta(days=1), 20), (DAY + timedelta(days=1), 90)], [])

    assert picture
    assert picture.end.value == 90
