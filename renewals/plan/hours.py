"""Hours: when a customer's office is open, in their own time zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one office.

    Units: `opens` and `closes` are wall times in `zone`; `weekend` holds weekdays, Monday is 0.
    Source: our own; the `plan` policy's `office` names them.
    """

    zone: ZoneInfo
    opens: time
    closes: time
    weekend: frozenset[int]

    @classmethod
    def of(cls, office: Mapping[str, Any], zone: str, country: str) -> "Hours":
        weekend = office["weekend"]
        return cls(
            ZoneInfo(zone), time.fromisoformat(office["opens"]), time.fromisoformat(office["closes"]),
            frozenset(weekend.get(country, weekend["*"])),
        )

    def opening(self, day: date) -> datetime:
        """The moment a day's work begins, working day or not."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def is_working(self, day: date) -> bool:
        return day.weekday() not in self.weekend

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself while the office is open, else when it opens next."""
        local = moment.astimezone(self.zone)
        if self.is_working(local.date()) and self.opens <= local.time() < self.closes:
            return moment
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return self.opening(self.working_day(day))

    def working_day(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day
