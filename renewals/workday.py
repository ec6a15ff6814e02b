"""Workday: a day on which the people here answer: Monday to Friday."""

from datetime import date, timedelta

SATURDAY = 5


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
