"""Health: how well a customer is, as a score that somebody measures and a band that does not flutter. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from renewals.errors import Malformed
from renewals.policy import PolicyKind, shipped

MOST = 3650
"""Ten years of days, and more than any score; ours."""


class Health(StrEnum):
    """The band a health score falls in."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, score: int | None, policy: Mapping[str, int]) -> "Health":
        """The band of a score that nothing came before. A missing one is unknown, never good.

        Units: score 0 to 100. Source: framework, "Status Kesihatan Mengubah Segalanya"; the bands are ours.
        """
        if score is None:
            return cls.UNKNOWN
        if score >= policy["green"]:
            return cls.GREEN
        return cls.YELLOW if score >= policy["yellow"] else cls.RED


class Confidence(StrEnum):
    """How far a score can be relied on. It never moves the band."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Bands:
    """A version of the health policy. All of its numbers are ours.

    Units: scores 0 to 100; `held`, `settles` and `stale` are days. `noise` is how many points round the border of
    green count for nothing while a band is younger than `settles`.
    """

    green: int
    yellow: int
    out_of_red: int
    held: timedelta
    noise: int
    settles: timedelta
    stale: timedelta

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Bands":
        """A version from before there was a history says only green and yellow; the rest is as shipped.

        Raises: Malformed.
        """
        said = {**shipped(PolicyKind.HEALTH), **content}
        for name, value in said.items():
            if type(value) is not int or not 0 <= value <= MOST:
                raise Malformed(f"{name} is not a whole number from 0 to {MOST}.", name)
        if not said["yellow"] < said["green"] <= 100:
            raise Malformed("Green begins above yellow, and at 100 at the latest.", "green")
        return cls(
            said["green"], said["yellow"], max(said["out_of_red"], said["yellow"]), timedelta(said["held_days"]),
            said["noise"], timedelta(said["noise_days"]), timedelta(said["stale_days"]),
        )

    def plain(self, score: int | None) -> Health:
        return Health.of(score, {"green": self.green, "yellow": self.yellow})

    def confidence(self, score: int | None, taken_on: date | None, on: date) -> Confidence:
        if score is None:
            return Confidence.MISSING
        return Confidence.FRESH if taken_on and on - taken_on <= self.stale else Confidence.STALE


@dataclass(frozen=True, slots=True)
class Standing:
    """The band after some readings, and since when. `well_since` is the first day of an unbroken run of scores that
    lead out of red; `turned_on` the day of the last change, None while the first band lasts.
    """

    band: Health = Health.UNKNOWN
    since: date | None = None
    turned_on: date | None = None
    well_since: date | None = None

    @classmethod
    def over(cls, readings: Iterable[tuple[date, int | None]], bands: Bands) -> "Standing":
        """The readings in their order: day by day, and on one day as they came."""
        standing = cls()
        for on, score in readings:
            standing = standing.after(score, on, bands)
        return standing

    def after(self, score: int | None, on: date, bands: Bands) -> "Standing":
        """One reading more. The first gives the plain band; from then on a band is left only when it is sure.

        Into red at once; out of it with a score of `out_of_red` that a later reading, `held` days on, confirms.
        Between green and yellow a band that has only just changed needs more than `noise` to change again.
        """
        is_well = score is not None and score >= bands.out_of_red
        well_since = (self.well_since or on) if is_well else None
        band = self._next(score, on, well_since, bands)
        if band is self.band and self.since:
            return Standing(band, self.since, self.turned_on, well_since)
        return Standing(band, on, on if self.since else None, well_since)

    def _next(self, score: int | None, on: date, well_since: date | None, bands: Bands) -> Health:
        plain = bands.plain(score)
        if self.band is Health.RED:
            is_held = well_since is not None and on - well_since >= bands.held
            return plain if is_held else Health.RED
        if score is None:  # not known is worse than green, and must not look better than yellow
            return self.band if self.band is Health.YELLOW else Health.UNKNOWN
        if self.band is Health.UNKNOWN or plain is Health.RED or plain is self.band:
            return plain
        is_fresh = self.turned_on is not None and on - self.turned_on < bands.settles
        is_noise = abs(score - bands.green) <= bands.noise
        return self.band if is_fresh and is_noise else plain
