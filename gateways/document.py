"""Document: the window to the printer: words and figures go in as data, a PDF that stands up comes out."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, UTC
from pathlib import Path
from threading import Lock
from typing import Any

import fontpkg_figtree
import fontpkg_newsreader
import fontpkg_noto_sans
import typst

from renewals.errors import GatewayFailed

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "paper"
STANDARDS = ["a-2a", "ua-1"]
"""For archives and for readers who do not see."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a paper. `kind` is facts, table, list or text.

    A table's `sides` are left or right and its `widths` wide or "" for each column; `foot` is its last row.
    """

    kind: str
    title: str = ""
    rows: Sequence[Sequence[str]] = ()
    items: Sequence[str] = ()
    head: Sequence[str] = ()
    foot: Sequence[str] = ()
    sides: Sequence[str] = ()
    widths: Sequence[str] = ()
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything a paper says, in the reader's language, already in words.

    The same paper is the same bytes: the day it carries is the day the file says it was made.
    """

    lang: str
    title: str
    vendor: dict[str, Any]
    lead: str
    footer: str
    on: date
    sections: Sequence[Section] = field(default_factory=tuple)


class Papers:
    """Safe to share between threads: one paper is printed at a time."""

    def __init__(self) -> None:
        fonts = [Path(package.ROOT) for package in (fontpkg_figtree, fontpkg_newsreader, fontpkg_noto_sans)]
        self._compiler = typst.Compiler(
            str(TEMPLATES / "paper.typ"), root=str(TEMPLATES), font_paths=[str(path) for path in fonts],
            ignore_system_fonts=True,
        )
        self._lock = Lock()

    def print(self, paper: Paper) -> bytes:
        """The paper as PDF/A-2a and PDF/UA-1.

        Raises: GatewayFailed, permanent, when it can not be set (a letter no typeface has is shown as a box first).
        """
        try:
            return self._set(paper)
        except typst.TypstError:
            try:
                return self._set(paper, readable=_printable)
            except typst.TypstError as trouble:
                raise GatewayFailed(f"The paper could not be printed: {trouble.message}", permanent=True) from trouble

    def _set(self, paper: Paper, readable: Any = None) -> bytes:
        data = asdict(paper) | {"on": paper.on.isoformat()}
        text = json.dumps(readable(data) if readable else data, ensure_ascii=False)
        with self._lock:
            made = self._compiler.compile(
                format="pdf", sys_inputs={"paper": text}, pdf_standards=STANDARDS,
                timestamp=datetime.combine(paper.on, time(), UTC),
            )
        if not isinstance(made, bytes):
            raise GatewayFailed("The printer gave no PDF.", permanent=True)
        return made


def _printable(value: Any) -> Any:
    """The same data with every letter beyond our typefaces shown as a box."""
    if isinstance(value, str):
        return "".join(letter if ord(letter) < 0x0530 or letter in "–—‘’“”…−·" else "□" for letter in value)
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    return value
