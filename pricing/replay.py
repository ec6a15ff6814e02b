"""A replay works out each number of a price again from its JSON alone, by arithmetic of its own.

It imports nothing of Kekal's: an auditor can read this page, and only this page, to believe a price.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Json = Any
Count = tuple[str, int, int]
"""What a branch counts: its name, as stated, as found."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A number that does not follow from its rule and inputs; `place` is a path like `term/0 year/1 line`."""

    place: str
    said: Json
    found: Json


@dataclass(frozen=True, slots=True)
class Above:
    """The bill above a leaf, in minor units: `so_far` is its subtotal, `last` the line directly above."""

    so_far: int
    last: int


def mismatches(tree: Mapping[str, Json]) -> list[Mismatch]:
    """Every number in a trace that its rule and inputs do not give; empty when the price explains itself."""
    return list(_tree(tree, str(tree["rule"]), Above(0, 0)))


def offer_mismatches(content: Mapping[str, Json]) -> list[Mismatch]:
    """The same for an option's whole content: its trace, and every displayed number against the trace."""
    shown = _displayed(content["trace"], content["today"])
    shown["ends_on"] = _ends_on(content["starts_on"], content["trace"]["inputs"]["months"])
    wrong = [Mismatch(name, content[name], found) for name, found in shown.items() if content[name] != found]
    return wrong + mismatches(content["trace"])


def _displayed(trace: Mapping[str, Json], today: Mapping[str, Json]) -> dict[str, Json]:
    years = [year["amount"] for year in trace["parts"]]
    lines = [part for part in trace["parts"][0]["parts"] if part["rule"] == "line"]
    per_year = sum(line["amount"] for line in lines)
    less = [part["amount"] for line in lines for part in line["parts"] if part["rule"] in ("term_discount", "coin")]
    rises = [year["inputs"]["rise"] for year in trace["parts"][1:]]
    return {
        "currency": trace["currency"],
        "policy": trace["policy"],
        "months": trace["inputs"]["months"],
        "lines": [_line(**line["inputs"], amount=line["amount"]) for line in lines],
        "today": {
            "months": today["months"],
            "lines": [_today(line, lines) for line in today["lines"]],
        },
        "years": years,
        "per_year": per_year,
        "due_now": years[0],
        "total": sum(years),
        "before_term_discount": per_year - sum(less),
        "against_today": per_year - sum(line["amount"] for line in today["lines"]),
        "holds_price": bool(rises) and not any(rises),
    }


def _today(stated: Mapping[str, Json], lines: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """A line of today by what the trace keeps of it; one that was priced anew, by its own word."""
    product, quantity, amount = stated["product"], stated["quantity"], stated["amount"]
    for line in lines:
        first = line["parts"][0]
        if line["inputs"]["product"] == product and first["rule"] == "kept":
            quantity, amount = first["inputs"]["quantity"], first["amount"]
    return _line(product=product, quantity=quantity, amount=amount)


def _ends_on(starts_on: str, months: int) -> str:
    """The same day so many months on, or the last one that month has."""
    begins = date.fromisoformat(starts_on)
    year, month = begins.year + (begins.month + months - 1) // 12, (begins.month + months - 1) % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(begins.day - 1), after - timedelta(1)).isoformat()


def _line(*, product: str, quantity: int, amount: int) -> dict[str, Json]:
    """A line as shown; its unit price is the amount's nearest share."""
    return {"product": product, "quantity": quantity, "unit": _nearest(amount, quantity), "amount": amount}


def _tree(step: Mapping[str, Json], place: str, above: Above) -> Iterator[Mismatch]:
    rule, parts = step["rule"], step.get("parts")
    if rule in BRANCHES and parts:
        yield from _branch(step, place)
    elif rule in LEAVES and not parts:
        yield from _leaf(step, place, above)
    else:
        yield Mismatch(place, rule, "a rule this evaluator knows")


def _branch(step: Mapping[str, Json], place: str) -> Iterator[Mismatch]:
    so_far = last = 0
    for number, part in enumerate(step["parts"]):
        yield from _tree(part, f"{place}/{number} {part['rule']}", Above(so_far, last))
        last = part["amount"]
        so_far += last
    if step["amount"] != so_far:
        yield Mismatch(place, step["amount"], so_far)
    yield from _claims(step, place)


def _claims(step: Mapping[str, Json], place: str) -> Iterator[Mismatch]:
    """The counts a branch states, against what its parts come to."""
    stated: Json
    for name, stated, found in COUNTS.get(step["rule"], _no_counts)(step):
        if stated != found:
            yield Mismatch(f"{place}.{name}", stated, found)


def _leaf(step: Mapping[str, Json], place: str, above: Above) -> Iterator[Mismatch]:
    try:
        found = LEAVES[step["rule"]](above, **step["inputs"])
    except TypeError as problem:
        found = str(problem)
    if step["amount"] != found:
        yield Mismatch(place, step["amount"], found)


def _nearest(top: int, bottom: int) -> int:
    """top / bottom to the nearest whole number, halves away from zero."""
    whole, left = divmod(abs(top), abs(bottom))
    whole += left + left >= abs(bottom)
    return whole if (top < 0) == (bottom < 0) else -whole


def _kept(above: Above, *, quantity: int, unit: int, rest: int = 0) -> int:
    return quantity * unit + rest


def _each(above: Above, *, quantity: int, unit: int) -> int:
    return quantity * unit


def _band(above: Above, *, first: int, last: int, unit: int) -> int:
    return (last - first + 1) * unit


def _next_tier(above: Above, *, at: int, unit: int) -> int:
    return at * unit - above.last


def _uplift(above: Above, *, bps: int, asked: int | None = None) -> int | str:
    if asked is not None and asked <= bps:
        return "a cap below what was asked"
    return _nearest(above.so_far * bps, 10_000)


def _less(above: Above, *, bps: int) -> int:
    return -_nearest(above.so_far * bps, 10_000)


def _short_year(above: Above, *, months: int) -> int:
    return _nearest(above.so_far * months, 12) - above.so_far


def _next_year(above: Above, *, rise: int, months: int, coin: int = 1) -> int:
    price = _nearest(above.last * (10_000 + rise) * months, 120_000)
    return price - price % coin


def _coin(above: Above, *, of: int) -> int:
    return -(above.so_far % of)


def _room_to_grow(
    above: Above, *, held: int, used: int, a_year_ago: int, headroom: int, most: int, added: int
) -> int | str:
    """Next year's team if it grows as it did, plus headroom; never fewer than now, at most `most` more."""
    if not 0 < a_year_ago < used:
        return "a team known to grow"
    wanted = -(used * used * (10_000 + headroom) // (-a_year_ago * 10_000))
    found = max(0, min(wanted - held, held * most // 10_000))
    return 0 if added == found else f"{found} more"


def _list_value(above: Above, *, list: int, bps: int) -> int | str:
    found = _nearest((list - above.so_far) * 10_000, list)
    return 0 if bps == found else f"{found} basis points"


def _adjustment(above: Above, *, amount: int) -> int:
    return amount


BRANCHES = frozenset({"term", "year", "line", "expansion"})

LEAVES: Mapping[str, Callable[..., int | str]] = {
    "kept": _kept,
    "own_price": _each,
    "list": _each,
    "band": _band,
    "next_tier": _next_tier,
    "uplift": _uplift,
    "bundle": _less,
    "term_discount": _less,
    "short_year": _short_year,
    "next_year": _next_year,
    "coin": _coin,
    "room_to_grow": _room_to_grow,
    "list_value": _list_value,
    "adjustment": _adjustment,
}
"""Each rule as a formula of the bill above and its own inputs; text where these contradict themselves."""


def _no_counts(step: Mapping[str, Json]) -> Iterator[Count]:
    yield from ()


def _months(step: Mapping[str, Json]) -> Iterator[Count]:
    yield "months", step["inputs"]["months"], sum(part["inputs"]["months"] for part in step["parts"])


def _months_of_year(step: Mapping[str, Json]) -> Iterator[Count]:
    short = [part["inputs"]["months"] for part in step["parts"] if part["rule"] == "short_year"]
    yield "year", step["inputs"]["year"], 1
    yield "months", step["inputs"]["months"], (short or [12])[0]


def _units_of_line(step: Mapping[str, Json]) -> Iterator[Count]:
    held = 0
    for part in step["parts"]:
        if part["rule"] == "expansion":
            yield "from", part["inputs"]["from"], held
        held += _units(part)
    yield "quantity", step["inputs"]["quantity"], held


def _units_added(step: Mapping[str, Json]) -> Iterator[Count]:
    bought = sum(map(_units, step["parts"]))
    yield "to", step["inputs"]["to"], step["inputs"]["from"] + bought
    for reason in step["parts"]:
        if reason["rule"] == "room_to_grow":
            yield "added", reason["inputs"]["added"], bought
            yield "held", reason["inputs"]["held"], step["inputs"]["from"]


def _units(step: Mapping[str, Json]) -> int:
    rule, inputs = step["rule"], step["inputs"]
    if rule == "band":
        return int(inputs["last"] - inputs["first"] + 1)
    if rule == "expansion":
        return int(inputs["to"] - inputs["from"])
    return int(inputs["quantity"]) if rule in ("kept", "list", "own_price") else 0


COUNTS: Mapping[str, Callable[[Mapping[str, Json]], Iterator[Count]]] = {
    "term": _months,
    "year": _months_of_year,
    "line": _units_of_line,
    "expansion": _units_added,
}
