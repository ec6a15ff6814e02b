"""Workday: a day on which the people here answer: Monday to Friday."""

from datetime import date, datetime, time, timedelta

SATURDAY = 5
END_OF_DAY = time(17)
"""By then an answer that was promised for a day is there."""


def next_workday(day: date) -> date:
    """The first one after `day`; by its end a question is answered."""
    later = day + timedelta(days=1)
    return later if later.weekday() < SATURDAY else next_workday(later)


def workdays_before(day: date, count: int) -> date:
    """So many of them before `day`."""
    earlier = last_workday(day - timedelta(days=1))
    return earlier if count == 1 else workdays_before(earlier, count - 1)


def last_workday(day: date) -> date:
    """The day itself, or the last one before it: what is promised by a Sunday is there on the Friday."""
    return day if day.weekday() < SATURDAY else last_workday(day - timedelta(days=1))


def answer_due(at: datetime, days: int = 1) -> datetime:
    """When somebody has answered who was asked at a moment: so many working days on, at the end of office hours.

    Units: `at` and the answer in the zone of `at`.
    """
    day = at.date()
    for _ in range(days):
        day = next_workday(day)
    return datetime.combine(day, END_OF_DAY, at.tzinfo)
