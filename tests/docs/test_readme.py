"""README says what is so: its diagrams, its settings, its commands and its map are compared with the code."""

import re
from pathlib import Path

from app.cli import USAGE
from tests.docs.diagram import BEGIN, END, README, drawn

ROOT = README.parent
TEXT = README.read_text()


def test_the_state_diagrams_are_those_of_the_code() -> None:
    shown = TEXT.partition(BEGIN)[2].partition(END)[0].strip()

    assert shown == drawn(), "write them anew: python -m tests.docs.diagram"


def test_every_setting_that_is_read_is_explained() -> None:
    read = set(re.findall(r'"((?:KEKAL|STRIPE)_[A-Z_]+)"', (ROOT / "app/settings.py").read_text()))

    assert {name for name in read if f"`{name}`" not in TEXT} == set()


def test_every_command_of_the_program_is_named() -> None:
    commands = set(re.findall(r"^kekal (\w+)", USAGE, re.MULTILINE))

    assert {name for name in commands if f"kekal {name}" not in TEXT} == set()


def test_every_make_target_is_named() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = TEXT + (ROOT / "CONTRIBUTING.md").read_text()

    assert {name for name in targets if f"make {name}" not in told} <= {"help"}


def test_the_map_names_every_folder_at_the_top() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}

    assert {name for name in folders if f"`{name}/`" not in TEXT} <= {"kekal.egg-info", "build"}


def test_nothing_names_a_place_where_packages_come_from() -> None:
    pinned = [path.read_text() for path in sorted((ROOT / "requirements").glob("*.txt"))]

    assert not any(re.search(r"https?://|--index-url|--find-links|file:", text) for text in pinned)


def test_every_decision_says_context_decision_and_consequences() -> None:
    records = sorted(Path(ROOT / "docs/decisions").glob("*.md"))

    assert records
    for record in records:
        headings = re.findall(r"^## (\w+)", record.read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], record.name
