"""Schedule: the rungs of one renewal, worked out from what kind of renewal it is. Pure: no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from renewals.health import Health
from renewals.plan.hours import Hours
from renewals.plan.profile import Profile
from renewals.plan.rule import NOTICE, days_of, key_of, rules
from renewals.plan.touch import Touch


@dataclass(frozen=True, slots=True)
class Rung:
    """One milestone of a plan.

    Units: `days` before the renewal date, negative after it; `on` is a day where the customer is, `at` the
    moment their office opens on it. A quiet rung is on no timeline.
    """

    days: int
    on: date
    at: datetime
    quiet: bool = False
    name: str = ""

    @property
    def key(self) -> str:
        return self.name or key_of(self.days)


def said_of(key: str) -> str:
    """A milestone's key as it is written for people: T-60, the day after, T+3, or the legal notice."""
    days = days_of(key)
    if days is None:
        return "legal notice"
    return "day after" if days == -1 else f"T-{days}" if days >= 0 else f"T+{-days}"


def named(key: str) -> str:
    """The same in a sentence: T-60 was reached, the day after was reached."""
    words = said_of(key)
    return words if words.startswith("T") else f"the {words}"


def rungs(profile: Profile, plans: Mapping[str, Any]) -> tuple[int, ...]:
    """The milestones of a plan, the earliest first.

    Units: days before the renewal date.
    Source: timeline, "Variasi Timeline Mengikut Segmen"; framework, "Membina Proses Yang Sepadan Dengan
    Segmen Anda". Where they disagree: enterprise 120 always and 150 when yellow or layered; mid-market 60, and
    90 when yellow or large; SMB 60, compact from 30 for auto touch only.
    """
    plan = plans[profile.segment.value]
    if profile.touch is Touch.AUTO and "auto" in plan:
        return tuple(plan["auto"])
    days = list(plan["days"])
    if _begins_earlier(profile):
        days = [*plan["earlier"], *days]
    if profile.health is Health.RED:
        days = [*plans["recovery"], *plan["earlier"], *plan["days"]]
    return tuple(sorted(set(days), reverse=True))


def _begins_earlier(profile: Profile) -> bool:
    """Source: framework, "Status Kesihatan Mengubah Segalanya": yellow is confirmed early."""
    return profile.health is Health.YELLOW or profile.large or profile.layered


def schedule(
    profile: Profile, renews_on: date, hours: Hours, policy: Mapping[str, Any], *, notice_on: date | None = None
) -> tuple[Rung, ...]:
    """Every rung with its day, each counted from the renewal date and never from another rung.

    Days on which something is due that belongs to no milestone are quiet rungs, and so is `notice_on`, the day of
    the legal notice where one is asked for.
    """
    loud = rungs(profile, policy["plans"])
    quiet = quiet_days(profile, policy, by_itself=notice_on is not None) - set(loud)
    days = sorted({*loud, *quiet}, reverse=True)
    plain = tuple(rung(each, renews_on, hours, quiet=each in quiet) for each in days)
    if notice_on is None:
        return plain
    notice = Rung((renews_on - notice_on).days, notice_on, hours.opening(notice_on), quiet=True, name=NOTICE)
    return tuple(sorted((*plain, notice), key=lambda one: (-one.days, one.key)))


def quiet_days(profile: Profile, policy: Mapping[str, Any], *, by_itself: bool) -> set[int]:
    """The days on which the machine does something whether or not a milestone stands there.

    Units: days before the renewal date.
    """
    always = (rule for rule in rules(policy) if rule.always and rule.suits(profile))
    return {days for rule in always if by_itself or not rule.by_itself for days in rule.at}


def rung(days: int, renews_on: date, hours: Hours, *, quiet: bool = False) -> Rung:
    on = renews_on - timedelta(days=days)
    return Rung(days, on, hours.opening(on), quiet)
