"""Segment: how much of our time a renewal of this size gets."""

from enum import StrEnum
from typing import Any

from pricing.money import Money
from pricing.reading import Reading
from renewals.errors import Malformed


class Segment(StrEnum):
    """Source: framework, "Segmen Mengikut Nilai Kontrak"."""

    ENTERPRISE = "enterprise"
    MID_MARKET = "mid-market"
    SMB = "smb"

    @property
    def label(self) -> str:
        return {"enterprise": "Enterprise", "mid-market": "Mid-market", "smb": "SMB"}[self.value]

    @classmethod
    def of(cls, arr: Money, policy: dict[str, Any]) -> "Segment":
        """10K and 100K themselves belong to the upper side.

        Units: `policy["thresholds"][currency]` are minor units a year.
        Raises: Malformed when the policy names no thresholds for the currency.
        Source: framework, "Segmen Mengikut Nilai Kontrak": $100K+ enterprise, $10K-$100K mid-market, below SMB.
        """
        bounds = policy["thresholds"].get(arr.currency)
        if bounds is None:
            raise Malformed(f"The segment policy has no thresholds for {arr.currency}.", "currency")
        if arr.minor >= bounds["enterprise"]:
            return cls.ENTERPRISE
        return cls.MID_MARKET if arr.minor >= bounds["mid-market"] else cls.SMB


def check_segments(content: Any) -> None:
    """Raises: PolicyError, for a policy by which a renewal would have no segment, or two."""
    page = Reading(content, "The segment policy")
    page.only("thresholds")
    for _, bounds in page["thresholds"].items():
        bounds.only(Segment.MID_MARKET, Segment.ENTERPRISE)
        bounds[Segment.ENTERPRISE].count(bounds[Segment.MID_MARKET].count(1) + 1)
    if not page["thresholds"].value:
        raise page["thresholds"].refused("is empty; name each currency you sell in")
