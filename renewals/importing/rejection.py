"""Rejection: why a row can not go in, with the place where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from renewals.errors import Malformed


@dataclass(frozen=True, slots=True, order=True)
class Rejection:
    """Units: `line` counts from 1 and is where the row begins; 0 means the whole file. An empty `column`
    means the whole row.
    """

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        places = [self.file, str(self.line) if self.line else "", self.column]
        return ": ".join([*filter(None, places), self.reason])


class Warned(Rejection):
    """Worth a look, and no reason to refuse."""


class Rejected(Malformed):
    """Nothing of the book went in. `rejections` names every row at fault."""

    def __init__(self, rejections: Iterable[Rejection], warnings: Iterable[Warned] = ()) -> None:
        self.rejections = sorted(set(rejections))
        self.warnings = sorted(warnings)
        rows = len({(one.file, one.line) for one in self.rejections})
        super().__init__(f"Nothing was imported: {rows} {'row' if rows == 1 else 'rows'} can not go in.")
