"""Editing: the discount matrix as a form has it, field by field, and what people write there read back."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pricing.authority import APPROVERS
from pricing.discount import as_typed, typed
from pricing.money import Money, NotAnAmount
from renewals.errors import Malformed

MORE = "more"
"""How a field calls the terms that are longer than every band."""
ASKED, ALSO, NO = "asked", "also", "no"
"""What a role has to do with a review: it is asked, it may decide as well, or neither."""
REST = "reviews"
"""The part of a form that holds what is no cell of the table."""
REVIEWS = ("clauses", "expansion", "proposal", "economics")


@dataclass(frozen=True, slots=True)
class Place:
    """One field: what stands in it, and how to write what somebody typed into the matrix. `put` raises Malformed."""

    name: str
    text: str
    put: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sort:
    """How one sort of number is written for people, and read from them. `read` raises Malformed."""

    written: Callable[[Any], str]
    read: Callable[[str], Any]

    def place(self, name: str, holder: dict[str, Any], key: str) -> Place:
        def put(text: str) -> None:
            holder[key] = self.read(_said(text))

        return Place(name, self.written(holder[key]), put)


def cell_name(role: str, segment: str, up_to: int | None, figure: str) -> str:
    """`cell.csm.smb.12.discount`."""
    return f"cell.{role}.{segment}.{up_to or MORE}.{figure}"


def part_of(name: str) -> str:
    """Where a form shows a field: the segment of a cell, `reviews` for everything else."""
    return name.split(".")[2] if name.startswith("cell.") else REST


def form_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Everything that can be changed, by the name of its field."""
    return {place.name: place.text for place in _places(copy.deepcopy(dict(content)))}


def draft_of(content: Mapping[str, Any], said: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The matrix with what a form says, and beside it, by field, what can not be read; the rest stays as it is."""
    draft, troubles = copy.deepcopy(dict(content)), {}
    for place in _places(draft):
        if (text := said.get(place.name, place.text)) != place.text:
            try:
                place.put(text)
            except Malformed as no:
                troubles[place.name] = str(no)
    return draft, troubles


def _places(draft: dict[str, Any]) -> Iterator[Place]:
    for row in draft["rows"]:
        for figure, sort in FIGURES.items():
            if figure in row:
                yield sort.place(cell_name(row["role"], row["segment"], row["up_to"], figure), row, figure)
    for role in APPROVERS:
        yield STEP.place(f"order.{role}", draft["order"], role)
        for review in REVIEWS:
            yield _seat(draft[review], review, role)
    yield PERCENT.place("expansion.standing", draft["expansion"], "standing")
    for name, sizes in (("expansion.above", draft["expansion"]["above"]), ("proposal.from", draft["proposal"]["from"])):
        for currency in sizes:
            yield _amount(currency).place(f"{name}.{currency}", sizes, currency)


def _seat(content: dict[str, Any], review: str, role: str) -> Place:
    """A role's part in a review; the others keep their order."""

    def put(text: str) -> None:
        if text not in (ASKED, ALSO, NO):
            raise Malformed("Choose one of the three.")
        for key, word in (("roles", ASKED), ("also", ALSO)):
            others = [each for each in content[key] if each != role]
            content[key] = [*others, role] if text == word else others

    part = ASKED if role in content["roles"] else ALSO if role in content["also"] else NO
    return Place(f"{review}.{role}", part, put)


def _said(text: str) -> str:
    if not text.strip():
        raise Malformed("Nothing stands here. Write 0 where nothing may be granted.")
    return text.strip()


def _percent(text: str) -> int:
    """Units: basis points."""
    try:
        return typed(text)
    except ValueError:
        raise Malformed("Write a percentage from 0 to 100, such as 12.5.") from None


def _count(most: int, wish: str, least: int = 0) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= most):
            raise Malformed(wish)
        return int(text)

    return read


def _amount(currency: str) -> Sort:
    """What is kept is decimal text: `25000.00`."""

    def read(text: str) -> str:
        try:
            return Money.parse(text.replace(",", ""), currency).decimal_text
        except NotAnAmount:
            raise Malformed(f"This is no amount in {currency}. Write it like 50000.") from None

    return Sort(str, read)


PERCENT = Sort(as_typed, _percent)
DAYS = Sort(str, _count(999, "Write whole days from 0 to 999."))
STEP = Sort(str, _count(9, "Write a step from 1 to 9.", least=1))
FIGURES = {"discount": PERCENT, "earned": PERCENT, "line": PERCENT, "net_days": DAYS}
