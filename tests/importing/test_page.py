"""The page about importing says what the importer does."""

from pathlib import Path

import pytest

from renewals.importing.kind import KINDS, Column, Kind

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text("utf-8")


def told(column: Column) -> str:
    """A column's line in its table."""
    need = "yes" if column.required else "header" if column.headed else "no"
    default = "" if column.required else {None: "nothing", "": "nothing", True: "`true`", False: "`false`"}.get(
        column.default, f"`{column.default}`"
    )
    return f"| `{column.name}` | {need} | {default} | `{column.example}` | {column.says} |"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_column_has_its_line_in_order(kind: Kind) -> None:
    section = PAGE.partition(f"## {kind.name}.csv")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]

    assert lines == [told(column) for column in kind.columns]
