"""Sheet: rows of one kind on their way in, from a CSV file or from an API's JSON; nobody else knows which."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from renewals.importing.kind import KINDS, Kind, recognised
from renewals.importing.rejection import Rejection, Warned

LONGEST_LINE = 1_000_000
"""Bytes. A longer line is no table of ours."""

MOST_COLUMNS = 200
BOM, FOREIGN_BOMS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")

_GUARDED = re.compile(r"'[=+@-]")


@dataclass(frozen=True, slots=True)
class Row:
    """`problem` says why the row could not be read at all; its cells are then a guess."""

    line: int
    cells: Sequence[str]
    problem: str = ""


class Unreadable(Exception):
    """The rest of the file can not be read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass
class Sheet:
    """`kind` is None when nobody can tell what the rows are; `faults` and `warnings` are about the header."""

    name: str
    kind: Kind | None
    header: Sequence[str]
    rows: Iterable[Row]
    faults: list[Rejection] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    @classmethod
    def csv(cls, name: str, file: BinaryIO) -> "Sheet":
        """A file as RFC 4180 describes it, in UTF-8. Only its header is read now, its rows when wanted."""
        rows = _read(file)
        try:
            first = next(rows, None)
        except Unreadable as problem:
            return cls(name, None, (), (), [Rejection(name, problem.line, "", str(problem))])
        if first is None:
            return cls(name, None, (), (), [Rejection(name, 0, "", "is empty")])
        if first.problem:
            return cls(name, None, (), (), [Rejection(name, first.line, "", first.problem)])
        return cls._headed(name, [cell.lower() for cell in first.cells], rows)

    @classmethod
    def of(cls, kind: Kind, rows: Sequence[Mapping[str, object]], name: str = "") -> "Sheet":
        """Rows of an API: texts, whole numbers, true, false and null. A row's line is its place, from 1.

        A number with decimals comes as text; a float is refused, because it is not what was meant.
        """
        header = list(dict.fromkeys(key for row in rows for key in row))
        read = (_from_mapping(line, row, header) for line, row in enumerate(rows, 1))
        sheet = cls(name or kind.name, kind, header, read)
        sheet._look_at_header()
        return sheet

    @classmethod
    def _headed(cls, name: str, header: Sequence[str], rows: Iterable[Row]) -> "Sheet":
        kind = recognised(name, header)
        sheet = cls(name, kind, header, rows)
        if kind is None:
            sheet.faults.append(Rejection(name, 1, "", _unknown(header)))
        else:
            sheet._look_at_header()
        return sheet

    def _look_at_header(self) -> None:
        assert self.kind is not None
        if len(self.header) > MOST_COLUMNS:
            self.faults.append(Rejection(self.name, 1, "", f"has more than {MOST_COLUMNS} columns"))
            return
        for name, times in Counter(self.header).items():
            if times > 1:
                self.faults.append(Rejection(self.name, 1, name, "stands twice in the header"))
            elif name not in self.kind.names:
                self.warnings.append(Warned(self.name, 1, name, "is no column Kekal knows; it was left out"))
        missing = [name for name in self.kind.needed if name not in self.header]
        if missing and (found := _separator(self.header)):
            self.faults.append(Rejection(self.name, 1, "", found))
        else:
            self.faults += [Rejection(self.name, 1, name, "is missing from the header") for name in missing]


def _unknown(header: Sequence[str]) -> str:
    known = ", ".join(kind.name for kind in KINDS)
    return _separator(header) or f"is none of {known}: neither its name nor its header says so"


def _separator(header: Sequence[str]) -> str:
    """What separates the cells when it is not a comma, as a sentence."""
    found = re.search("[;\t|]", header[0]) if len(header) == 1 else None
    return f"cells are separated by {found[0]!r}; write commas" if found else ""


def _from_mapping(line: int, row: Mapping[str, object], header: Sequence[str]) -> Row:
    try:
        return Row(line, [_as_text(row.get(name), name) for name in header])
    except TypeError as problem:
        return Row(line, ["" for _ in header], str(problem))


def _as_text(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return str(value).strip()
    raise TypeError(f"{name} must be a text or a whole number, not {type(value).__name__}")


def _read(file: BinaryIO) -> Iterator[Row]:
    """Rows that have anything in them, each with the line it begins on."""
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    width = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = [_bare(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as problem:
            raise Unreadable(line, _why(problem)) from None
        if any(cells):
            width = width or len(cells)
            yield _row(line, cells, width, lines.problem_between(line, reader.line_num))


def _row(line: int, cells: list[str], width: int, problem: str) -> Row:
    if len(cells) != width:
        problem = problem or f"has {len(cells)} cells where the header has {width}"
        cells = (cells + [""] * width)[:width]
    return Row(line, cells, problem)


def _bare(cell: str) -> str:
    """Without spaces around it, and without the quote that keeps a spreadsheet from running a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def _why(problem: csv.Error) -> str:
    words = str(problem)
    if "end of data" in words:
        return "a quoted cell that begins here never ends"
    if "new-line" in words:
        return "lines must end with LF or CR LF; this one holds a CR alone"
    if "field limit" in words:
        return "holds a cell of more than 131,072 characters"
    return "the quotes of this line are not as RFC 4180 wants them: double a quote inside a quoted cell"


class _Lines:
    """A file's lines as text. Remembers which were not UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.problems: dict[int, str] = {}

    def __iter__(self) -> Iterator[str]:
        for number, raw in enumerate(iter(lambda: self.file.readline(LONGEST_LINE), b""), 1):
            yield self._text(number, raw)

    def _text(self, number: int, raw: bytes) -> str:
        if number == 1 and raw.startswith(FOREIGN_BOMS):
            raise Unreadable(1, "is written in UTF-16; save it as UTF-8")
        if len(raw) == LONGEST_LINE:
            raise Unreadable(number, f"is longer than {LONGEST_LINE:,} bytes")
        raw = raw.removeprefix(BOM) if number == 1 else raw
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as problem:
            byte, place = raw[problem.start], problem.start + 1
            self.problems[number] = f"is not UTF-8: byte 0x{byte:02x} at place {place}; save it as UTF-8"
            return raw.decode("utf-8", "replace")

    def problem_between(self, first: int, last: int) -> str:
        """The first one in a row's lines."""
        if not self.problems:
            return ""
        return next((self.problems[line] for line in range(first, last + 1) if line in self.problems), "")
