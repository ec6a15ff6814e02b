"""The house's own sentences in the reader's language: what a room refuses, said in Malay as in English."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.locale import Catalogue, HouseWords
from renewals.permission import CUSTOMERS, MAY, REFUSALS

ROOT = Path(__file__).resolve().parents[2]
SPOKEN_TO_CUSTOMERS = [
    *(f"renewals/{name}.py" for name in (
        "accepting", "addition", "billing", "choice", "closing", "feed", "inviting", "lifecycle", "payment", "person",
        "plan/step", "renewal", "snooze", "quoting/negotiating", "quoting/proposal", "quoting/wishing",
        "quoting/guest_link",
    )),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "portal").glob("*.py")),
    *(f"app/{name}.py" for name in ("desk", "signin", "visit")),
    "pricing/boundary.py",
]

NEVER_SHOWN = {"This visit has not begun.", "Please send an invoice."}


@pytest.fixture(scope="module")
def malay() -> HouseWords:
    return Catalogue.load().house("ms")


def sentences(path: str) -> Iterator[str]:
    """Every text of a module that reads as a sentence, its docstrings aside; X stands where a value goes."""
    tree = ast.parse((ROOT / path).read_text())
    asides = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        text = _text(node) if node not in asides | parts else ""
        if text[:1].isupper() and text.endswith((".", "?")) and " " in text:
            yield text


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(value) or "X" for value in values)
    return ""


@pytest.mark.parametrize("path", SPOKEN_TO_CUSTOMERS)
def test_what_the_house_says_to_customers_is_written_in_malay(malay: HouseWords, path: str) -> None:
    assert [text for text in sentences(path) if malay.say(text) == text and text not in NEVER_SHOWN] == []


def test_a_customers_missing_permission_is_said_in_malay(malay: HouseWords) -> None:
    for permission in (one for one in REFUSALS if MAY[one] & CUSTOMERS):
        said = malay.say(permission.refusal("Nina"))

        assert said != permission.refusal("Nina")
        assert said.startswith("Nina, ")


def test_a_name_stays_what_it_is(malay: HouseWords) -> None:
    assert malay.say("Leo % Brandt is here already.") == "Leo % Brandt sudah ada di sini."


def test_what_nobody_has_translated_is_said_as_it_is(malay: HouseWords) -> None:
    assert malay.say("The moon is made of cheese.") == "The moon is made of cheese."
    assert Catalogue.load().house("en").say("Write their name.") == "Write their name."
