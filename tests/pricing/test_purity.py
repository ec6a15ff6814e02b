"""The cellar has no float, no Decimal, no clock, no database and no door to the outside."""

import ast
from pathlib import Path

import pytest

import pricing

ROOM = Path(pricing.__file__).parent
FILES = sorted(ROOM.glob("*.py"))
MAY_IMPORT = {
    "calendar",
    "collections",
    "collections.abc",
    "dataclasses",
    "datetime",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "itertools",
    "json",
    "re",
    "typing",
}
NEVER_NAMED = {"float", "Decimal", "round", "pow", "open", "print", "eval", "exec", "complex"}
CLOCKS = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow"}


def nodes(file: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text())))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_cellar_knows_no_inexact_number(file: Path) -> None:
    found = nodes(file)

    assert not [
        node for node in found if isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
    ]
    assert not [
        node.lineno
        for node in found
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    ]
    assert not [node.lineno for node in found if isinstance(node, ast.Name) and node.id in NEVER_NAMED]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_cellar_has_no_clock_and_no_door(file: Path) -> None:
    found = nodes(file)
    imported = {name.name for node in found if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in found if isinstance(node, ast.ImportFrom)}

    assert {name for name in imported if not name.startswith("pricing.")} <= MAY_IMPORT
    assert not [
        node.lineno for node in found if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCKS
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_everything_with_fields_is_frozen(file: Path) -> None:
    thawed = [
        node.name
        for node in nodes(file)
        if isinstance(node, ast.ClassDef)
        for mark in node.decorator_list
        if "dataclass" in ast.unparse(mark) and "frozen=True" not in ast.unparse(mark)
    ]

    assert thawed == []


def test_the_rules_of_this_page_would_find_a_float(tmp_path: Path) -> None:
    for number, sin in enumerate(["half = 0.5", "third = 1 / 3", "some = float(1)", "cents = round(2)"]):
        sinner = tmp_path / f"sinner_{number}.py"
        sinner.write_text(sin)

        with pytest.raises(AssertionError):
            test_the_cellar_knows_no_inexact_number(sinner)


def test_the_rules_of_this_page_would_find_a_clock(tmp_path: Path) -> None:
    for number, sin in enumerate(["import time", "from sqlalchemy import text", "this = date.today()"]):
        sinner = tmp_path / f"sinner_{number}.py"
        sinner.write_text(sin)

        with pytest.raises(AssertionError):
            test_the_cellar_has_no_clock_and_no_door(sinner)
