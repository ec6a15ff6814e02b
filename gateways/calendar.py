"""Calendar: the window to other people's calendar programs: dates as one iCalendar text, the same for the same dates.

Source: RFC 5545; RFC 7986 for the calendar's name and how often it is worth looking.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Event
from icalendar import Calendar as Written

CONTENT_TYPE = "text/calendar; charset=utf-8"
MAKER = "-//Kekal//Renewals//EN"
LOOK_AGAIN = timedelta(hours=4)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One date. A `date` fills the whole day wherever the reader is; a `datetime` is an instant, in UTC.

    `uid` never changes; `sequence` and `modified` say how often and when the entry last did. `alarms` are how long
    before it begins it is announced; less than nothing is after.
    """

    uid: str
    title: str
    text: str
    url: str
    starts: date
    ends: date | None = None
    sequence: int = 0
    modified: datetime | None = None
    cancelled: bool = False
    alarms: tuple[timedelta, ...] = ()

    @property
    def is_instant(self) -> bool:
        return isinstance(self.starts, datetime)


def write(name: str, entries: Iterable[Entry]) -> bytes:
    """A whole calendar, in the order of its dates. No time zone is needed: days float, instants are UTC."""
    calendar = Written()
    for key, value in (("prodid", MAKER), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH"),
                       ("name", name), ("x-wr-calname", name)):
        calendar.add(key, value)
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    for entry in sorted(entries, key=_order):
        calendar.add_component(_event(entry))
    written: bytes = calendar.to_ical()
    return written


def _order(entry: Entry) -> tuple[str, str]:
    return entry.starts.isoformat(), entry.uid


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    modified = entry.modified or _midnight(entry.starts)
    event.add("dtstamp", modified)
    event.add("last-modified", modified)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.starts)
    event.add("dtend", entry.ends or entry.starts + A_DAY)
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if entry.is_instant and not entry.cancelled else "TRANSPARENT")
    for before in entry.alarms if not entry.cancelled else ():
        event.add_component(_alarm(entry, before))
    return event


def _alarm(entry: Entry, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", -before)
    return alarm


def _midnight(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time(), UTC)
