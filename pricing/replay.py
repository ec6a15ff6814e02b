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
    """The same for an option's or a quote's whole content: its trace, and each displayed number against the trace."""
    shown = _displayed(content["trace"], content["today"])
    shown["ends_on"] = _ends_on(content["starts_on"], content["trace"]["inputs"]["months"])
    shown |= _quoted(content, shown) if content["schema"] == "quote@1" else _optional(content["trace"], shown)
    wrong = [Mismatch(name, content[name], found) for name, found in shown.items() if content[name] != found]
    asked = mismatches(content["ask"]) if "ask" in content else []
    return wrong + mismatches(content["trace"]) + asked


def _displayed(trace: Mapping[str, Json], today: Mapping[str, Json]) -> dict[str, Json]:
    years = [year["amount"] for year in trace["parts"]]
    lines = list(_lines(trace).values())
    per_year = sum(line["amount"] for line in lines)
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
        "against_today": per_year - sum(line["amount"] for line in today["lines"]),
        "holds_price": bool(rises) and not any(rises),
    }


def _optional(trace: Mapping[str, Json], shown: Mapping[str, Json]) -> dict[str, Json]:
    """What only an option shows."""
    less = [_of_rules(line, "term_discount", "coin") for line in _lines(trace).values()]
    return {"before_term_discount": shown["per_year"] - sum(less)}


def _quoted(content: Mapping[str, Json], shown: Mapping[str, Json]) -> dict[str, Json]:
    """What only a quote shows: the deal by what came of it, when it is paid, what it is worth to whom."""
    lines = _lines(content["trace"])
    instalments = _instalments(content, shown["years"])
    return {
        "deal": _deal(content, lines, shown),
        "instalments": instalments,
        "due_now": instalments[0]["amount"],
        "overage": {name: unit for name, line in lines.items() for unit in _inputs(line, "overage", "unit")},
        "extras": _extras(content),
        "effective": _effective(content, lines),
    }


def _deal(
    content: Mapping[str, Json], lines: Mapping[str, Json], shown: Mapping[str, Json]
) -> dict[str, Json]:
    """The deal as stated, with each number that was priced taken from the price."""
    deal, trace = content["deal"], content["trace"]
    rises = [year["inputs"]["rise"] for year in trace["parts"][1:]]
    off = {bps for line in lines.values() for bps in _inputs(line, "discount", "bps") or [0]}
    late = {
        days for line in (*lines.values(), *_lines(content["ask"]).values())
        for days in _inputs(line, "payment_days", "days")
    }
    return {
        **deal,
        "lines": [_deal_line(name, line) for name, line in lines.items()],
        "months": shown["months"],
        "rise": rises[0] if rises else 0,
        "discount": _one(off),
        "net_days": _one(late | {_net_days(content)}),
    }


def _one(found: set[int]) -> Json:
    """The number all agree on; where they do not, all of them."""
    return sorted(found) if len(found) > 1 else found.pop()


def _deal_line(product: str, line: Mapping[str, Json]) -> dict[str, Json]:
    off = _inputs(line, "line_discount", "bps")
    return {"product": product, "quantity": line["inputs"]["quantity"], "discount": off[0] if off else 0}


def _net_days(content: Mapping[str, Json]) -> int:
    first = content["instalments"][0]
    return (date.fromisoformat(first["due_on"]) - date.fromisoformat(first["on"])).days


def _instalments(content: Mapping[str, Json], years: Sequence[int]) -> list[dict[str, Json]]:
    """The years' prices by their months, in whole coins, the larger remainders and then the earlier first."""
    deal, months = content["deal"], content["trace"]["inputs"]["months"]
    every = {"annual": 12, "quarterly": 3, "monthly": 1}[deal["billing"]]
    if deal["prepaid"]:
        return [_asked(content, 0, sum(years))]
    asked = []
    for number, price in enumerate(years):
        length = min(12, months - 12 * number)
        starts = range(0, length, every)
        amounts = _shares(price, [min(every, length - start) for start in starts], _coin_size(content))
        asked += [_asked(content, 12 * number + start, amount) for start, amount in zip(starts, amounts, strict=True)]
    return asked


def _asked(content: Mapping[str, Json], months: int, amount: int) -> dict[str, Json]:
    on = _ends_on(content["starts_on"], months)
    due = date.fromisoformat(on) + timedelta(content["deal"]["net_days"])
    return {"on": on, "due_on": due.isoformat(), "amount": amount}


def _shares(price: int, weights: Sequence[int], size: int) -> list[int]:
    coins, whole = price // size, sum(weights)
    shares = [coins * weight // whole for weight in weights]
    largest = sorted(range(len(weights)), key=lambda place: (-(coins * weights[place] % whole), place))
    for place in largest[: coins - sum(shares)]:
        shares[place] += 1
    return [share * size for share in shares]


def _coin_size(content: Mapping[str, Json]) -> int:
    """Cards of three-decimal currencies know two decimals."""
    return 10 if content["currency"] in ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND") else 1


def _extras(content: Mapping[str, Json]) -> dict[str, Json]:
    """What incentives that are not a discount cost: a share of what policy asks, or their own word."""
    asked = sum(line["amount"] for line in _lines(content["ask"]).values())
    items = [
        {**item, "cost": _nearest(asked * item["bps"], 10_000) if "bps" in item else item["cost"]}
        for item in content["extras"]["items"]
    ]
    return {"items": items, "a_year": sum(item["cost"] for item in items)}


def _effective(content: Mapping[str, Json], lines: Mapping[str, Json]) -> dict[str, Json]:
    """How far below what policy asks: the worse of a full first year and the whole term, and line by line."""
    asked, extras = _lines(content["ask"]), content["extras"]["a_year"]
    gaps = {name: asked[name]["amount"] - line["amount"] for name, line in lines.items()}
    earned = {name: _earned(asked[name], line) for name, line in lines.items()}
    year = sum(line["amount"] for line in asked.values())
    first = _parts(sum(gaps.values()) + extras, sum(earned.values()), year)
    whole = content["ask"]["amount"]
    rest = _nearest(extras * content["trace"]["inputs"]["months"], 12)
    term = _parts(whole - content["trace"]["amount"] + rest, 0, whole)["bps"]
    return {
        "bps": max(first["bps"], term),
        "earned": first["earned"],
        "first_year": first["bps"],
        "term": term,
        "lines": [{"product": name, **_parts(gaps[name], earned[name], asked[name]["amount"])} for name in lines],
    }


def _earned(asked: Mapping[str, Json], line: Mapping[str, Json]) -> int:
    """What the levers took off the line, and what coins did more than in the ask."""
    coins = _of_rules(asked, "coin") - _of_rules(line, "coin")
    return coins - _of_rules(line, "lower_base", "term_discount", "lever")


def _parts(gap: int, earned: int, ask: int) -> dict[str, int]:
    """Basis points of the ask: all of the gap, and what of it was earned."""
    if ask <= 0:
        return {"bps": 0, "earned": 0}
    bps = _nearest(gap * 10_000, ask)
    return {"bps": bps, "earned": bps - _nearest((gap - earned) * 10_000, ask)}


def _lines(trace: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    return {part["inputs"]["product"]: part for part in trace["parts"][0]["parts"] if part["rule"] == "line"}


def _of_rules(line: Mapping[str, Json], *rules: str) -> int:
    return sum(part["amount"] for part in line["parts"] if part["rule"] in rules)


def _inputs(line: Mapping[str, Json], rule: str, name: str) -> list[Json]:
    return [part["inputs"][name] for part in line["parts"] if part["rule"] == rule]


def _today(stated: Mapping[str, Json], lines: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """A line of today by what the trace keeps of it; one that was priced anew or given up, by its own word."""
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


def _returned(above: Above, *, quantity: int, of: int) -> int:
    return -_nearest(above.so_far * quantity, of)


def _more(above: Above, *, bps: int, days: int) -> int:
    return _nearest(above.so_far * bps, 10_000)


def _lever(above: Above, *, lever: str, bps: int) -> int:
    return _less(above, bps=bps)


def _overage(above: Above, *, quantity: int, bps: int, unit: int) -> int | str:
    found = _nearest(above.so_far * (10_000 + bps), quantity * 10_000)
    return 0 if unit == found else f"{found} a unit"


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


def _prorated(above: Above, *, price: int, days: int, of: int) -> int | str:
    return _nearest(price * days, of) if 0 <= days <= of else "days of the period"


def _fee(above: Above, *, bps: int, of: int) -> int:
    return _nearest(of * bps, 10_000)


def _paid(above: Above, *, paid: int) -> int:
    return -paid


def _adjustment(above: Above, *, amount: int) -> int:
    return amount


BRANCHES = frozenset({"term", "year", "line", "expansion", "co_term", "addition", "true_up", "off_ramp"})

LEAVES: Mapping[str, Callable[..., int | str]] = {
    "kept": _kept,
    "returned": _returned,
    "own_price": _each,
    "list": _each,
    "band": _band,
    "next_tier": _next_tier,
    "uplift": _uplift,
    "bundle": _less,
    "payment_days": _more,
    "overage": _overage,
    "lower_base": _less,
    "term_discount": _less,
    "lever": _lever,
    "line_discount": _less,
    "discount": _less,
    "short_year": _short_year,
    "next_year": _next_year,
    "prorated": _prorated,
    "fee": _fee,
    "paid": _paid,
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
        if part["rule"] == "returned":
            yield "of", part["inputs"]["of"], held
        if part["rule"] == "overage":
            yield "units", part["inputs"]["quantity"], held
        held += _units(part)
    yield "quantity", step["inputs"]["quantity"], held


def _units_added(step: Mapping[str, Json]) -> Iterator[Count]:
    bought = sum(map(_units, step["parts"]))
    yield "to", step["inputs"]["to"], step["inputs"]["from"] + bought
    for reason in step["parts"]:
        if reason["rule"] == "room_to_grow":
            yield "added", reason["inputs"]["added"], bought
            yield "held", reason["inputs"]["held"], step["inputs"]["from"]


def _what_is_left(step: Mapping[str, Json]) -> Iterator[Count]:
    years = [part for part in step["parts"] if part["rule"] == "prorated"]
    left = sum(part["inputs"]["price"] - part["amount"] for part in years)
    for fee in (part for part in step["parts"] if part["rule"] == "fee"):
        yield "left", fee["inputs"]["of"], left


def _units(step: Mapping[str, Json]) -> int:
    rule, inputs = step["rule"], step["inputs"]
    if rule == "band":
        return int(inputs["last"] - inputs["first"] + 1)
    if rule == "expansion":
        return int(inputs["to"] - inputs["from"])
    if rule == "returned":
        return -int(inputs["quantity"])
    return int(inputs["quantity"]) if rule in ("kept", "list", "own_price") else 0


COUNTS: Mapping[str, Callable[[Mapping[str, Json]], Iterator[Count]]] = {
    "term": _months,
    "year": _months_of_year,
    "line": _units_of_line,
    "expansion": _units_added,
    "off_ramp": _what_is_left,
}
