"""Redrawing is what one version of the matrix has otherwise than another, said in sentences."""

from collections.abc import Callable, Iterator, Mapping

from pricing.authority import ROLES, percent, told
from pricing.matrix import Matrix, Review
from pricing.money import Money

FIGURES: tuple[tuple[str, str, Callable[[int], str]], ...] = (
    ("discount", "off the whole", percent),
    ("earned", "earned by levers", percent),
    ("line", "off one line", percent),
    ("net_days", "days to pay", str),
)


def difference(before: Matrix, after: Matrix) -> tuple[str, ...]:
    """One sentence for each thing that is another; none when nothing is."""
    return (
        *_bands(before, after), *_rows(before, after), *_order(before, after), *_reviews(before, after),
        *_sizes("The whole proposal is read from", before.proposal_from, after.proposal_from),
        *_sizes("The price of what is new is confirmed above", before.expansion_above, after.expansion_above),
        *_standing(before.expansion_standing, after.expansion_standing),
    )


def _bands(before: Matrix, after: Matrix) -> Iterator[str]:
    was, now = before.authority.bands[:-1], after.authority.bands[:-1]
    if was != now:
        yield f"Terms are told apart at {_list(now)} months instead of {_list(was)}."


def _rows(before: Matrix, after: Matrix) -> Iterator[str]:
    known = {row.cell: row for row in before.rows}
    for row in after.rows:
        for name, what, shown in FIGURES:
            was, now = getattr(known.get(row.cell), name, None), getattr(row, name)
            if was != now:
                instead = "" if was is None else f" instead of {shown(was)}"
                yield f"{_where(row.cell, after)}: {shown(now)} {what}{instead}."


def _where(cell: tuple[str, str, int | None], matrix: Matrix) -> str:
    words = told(cell, matrix.authority.bands)
    return words[0].upper() + words[1:]


def _order(before: Matrix, after: Matrix) -> Iterator[str]:
    for role, place in after.order.items():
        if before.order[role] != place:
            yield f"{_named(role)} is asked in step {place} instead of {before.order[role]}."


def _reviews(before: Matrix, after: Matrix) -> Iterator[str]:
    for what, was, now in (
        ("The price of what is new", before.expansion, after.expansion),
        ("Custom clauses", before.clauses, after.clauses),
        ("The whole proposal", before.proposal, after.proposal),
        ("A deal worth less than yearly renewals", before.economics, after.economics),
    ):
        if was != now:
            yield f"{what}: {_deciding(now)} instead of {_deciding(was)}."


def _deciding(review: Review) -> str:
    asked = " or ".join(ROLES[role] for role in review.roles)
    return f"{asked} (or {' or '.join(ROLES[role] for role in review.also)})" if review.also else asked


def _sizes(what: str, before: Mapping[str, Money], after: Mapping[str, Money]) -> Iterator[str]:
    for currency in sorted(before.keys() | after.keys()):
        was, now = before.get(currency), after.get(currency)
        if was != now:
            yield f"{what} {_size(now, currency)} instead of {_size(was, currency)}."


def _size(size: Money | None, currency: str) -> str:
    return size.grouped if size else f"any size in {currency}"


def _standing(before: int, after: int) -> Iterator[str]:
    if before != after:
        yield f"Policy grants {percent(after)} off what is new by itself instead of {percent(before)}."


def _named(role: str) -> str:
    words = ROLES[role]
    return words[0].upper() + words[1:]


def _list(bands: tuple[int | None, ...]) -> str:
    return ", ".join(str(band) for band in bands) or "no number of"
