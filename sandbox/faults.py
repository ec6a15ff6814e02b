"""What goes wrong next: an order of N faults that the next calls on a path run into."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    HANG_BEFORE = "hang_before"
    CUT_BEFORE = "cut_before"
    FAIL_BEFORE = "500_before"
    TOO_MANY = "429"
    CONFLICT = "409"
    SLOW = "slow"
    FAIL_KEPT = "500_kept"
    DECLINE = "decline"
    AUTHENTICATE = "authentication_required"
    PROCESS = "processing"
    FAIL_AFTER = "500_after"
    HANG_AFTER = "hang_after"
    CUT_AFTER = "cut_after"


BEFORE = frozenset({Fault.HANG_BEFORE, Fault.CUT_BEFORE, Fault.FAIL_BEFORE, Fault.TOO_MANY, Fault.CONFLICT})
"""Met before the key is looked at: nothing happens and nothing is stored."""
INSIDE = frozenset({Fault.SLOW, Fault.FAIL_KEPT, Fault.FAIL_AFTER})
"""Met by a call that really runs: slow while the key is in flight, a 500 instead of the work (kept
and replayed), a 500 after the work (kept and replayed)."""
OUTCOME = frozenset({Fault.DECLINE, Fault.AUTHENTICATE, Fault.PROCESS})
"""What the bank answers, whatever the card."""
AFTER = frozenset({Fault.HANG_AFTER, Fault.CUT_AFTER})
"""The result is stored, and the caller never hears it; a replay can meet it again."""

_SECONDS = {Fault.SLOW: 9.0}


@dataclass(frozen=True)
class Strike:
    """One fault that has been met. Units: seconds of hanging or slowness."""

    fault: Fault
    seconds: float


class Faults:
    """Kept in memory only: a restart is a clear sky."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times = 0
        self._strike = Strike(Fault.SLOW, 0)
        self._on = ""

    def order(self, fault: Fault, *, times: int = 1, on: str = "payment_intents", seconds: float | None = None) -> None:
        """Replaces what was ordered before. `on` is a path or its beginning, with or without /v1."""
        with self._lock:
            self._times = times
            self._strike = Strike(fault, _SECONDS.get(fault, 60.0) if seconds is None else seconds)
            self._on = on if on.startswith("/") else f"/v1/{on}"

    def clear(self) -> None:
        with self._lock:
            self._times = 0

    def take(self, path: str, among: frozenset[Fault]) -> Strike | None:
        """The strike this call meets, counted down; None if it goes unharmed."""
        with self._lock:
            if self._times < 1 or self._strike.fault not in among or not path.startswith(self._on):
                return None
            self._times -= 1
            return self._strike

    def outcome(self, path: str) -> Callable[[], Fault | None]:
        """What the bank is told to say to this call, asked only if it comes to that."""

        def ordered() -> Fault | None:
            strike = self.take(path, OUTCOME)
            return strike.fault if strike else None

        return ordered

    @property
    def left(self) -> dict[str, object]:
        with self._lock:
            if not self._times:
                return {"next": "none", "times": 0}
            return {"next": self._strike.fault, "times": self._times, "on": self._on, "seconds": self._strike.seconds}
