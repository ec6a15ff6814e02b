"""Preview: what a draft of the matrix would have done to the quotes of the last twelve months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from pricing.replaying import Quarter, Replayed, Side, replay
from renewals.matrix.draft import Draft
from renewals.quoting.past import Decided, decided

BACK = relativedelta(months=12)
FEW = 20
"""Fewer quotes than these are examples, not a measure."""
LISTED = 50
"""Quotes that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Preview:
    """`known` are the quotes that were replayed, by the id the replay calls them by."""

    replayed: Replayed
    known: Mapping[str, Decided]
    since: datetime

    @property
    def are_few(self) -> bool:
        return len(self.known) < FEW

    @property
    def quarters(self) -> list[Quarter]:
        """Those in which anybody is asked, before or after."""
        sides = (self.replayed.before, self.replayed.after)
        return sorted({quarter for side in sides for counts in side.decisions.values() for quarter in counts})

    @property
    def roles(self) -> list[str]:
        """Whoever is asked, the longest wait first."""
        before, after = self.replayed.before.minutes, self.replayed.after.minutes
        return sorted(before.keys() | after.keys(), key=lambda role: (-after.get(role, 0), -before.get(role, 0), role))

    def decisions(self, role: str, quarter: Quarter) -> tuple[int, int]:
        """Before and after."""
        return _asked(self.replayed.before, role, quarter), _asked(self.replayed.after, role, quarter)

    def named(self, ids: Sequence[str]) -> list[Decided]:
        """The first of them."""
        return [self.known[id] for id in ids[:LISTED]]


def preview(session: Session, draft: Draft, *, at: datetime) -> Preview:
    """Replay them against the draft; nothing is written. Source: mission L15."""
    since = at - BACK
    known = {one.past.id: one for one in decided(session, since)}
    return Preview(replay(draft.before, draft.matrix, (one.past for one in known.values())), known, since)


def _asked(side: Side, role: str, quarter: Quarter) -> int:
    return side.decisions.get(role, {}).get(quarter, 0)
