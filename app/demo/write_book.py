"""The demo's book: writes the CSV files in `book/`, the same ones every time; run it after changing it.

The cast is written by hand. Two hundred ordinary companies are drawn: every draw is a hash of the company's
name, so that adding one company changes no other. Prices are the shipped catalogue's own.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from app.demo.book.cast import ACCOUNTS, PEOPLE, STAKES, SUBSCRIPTIONS, VALUE
from app.demo.book.cast import usage as cast_usage
from app.demo.book.places import ORDINARY, PLACES, Place
from pricing.money import Money
from pricing.policy import PricePolicy
from renewals.importing.kind import KINDS, Kind
from renewals.policy import PolicyKind, shipped

BOOK = Path(__file__).with_name("book")
TODAY = date(2026, 8, 5)
MONTHS = [f"{2025 + (7 + n) // 12}-{(7 + n) % 12 + 1:02}" for n in range(12)]
"""The twelve whole months before today: August 2025 to July 2026."""

CATALOGUE = PricePolicy.parse("price", shipped(PolicyKind.PRICE)).catalogue
THRESHOLDS = shipped(PolicyKind.SEGMENT)["thresholds"]
SIZES = ["smb"] * 15 + ["mid-market"] * 4 + ["enterprise"]
OWNERS = {"smb": "ravi@lumen.example", "mid-market": "maya@lumen.example", "enterprise": "omar@lumen.example"}
STAGES = {
    30: ["engaged", "proposed", "negotiating", "agreed"],
    60: ["preparing", "engaged", "proposed"],
    120: ["planned", "preparing"],
    400: ["planned"],
}
"""Days before the renewal date, and where such renewals stand."""
STATES = {"America/Chicago": "IL", "America/Denver": "CO", "America/Los_Angeles": "CA", "America/New_York": "NY"}
"""Where the American companies of the demo sit."""

Row = Sequence[object]
T = TypeVar("T")


@dataclass(frozen=True)
class Company:
    """An ordinary company, all of whose facts follow from its name."""

    name: str
    industry: str
    place: Place

    def draw(self, what: str, below: int) -> int:
        """A number from 0, the same every time."""
        return int.from_bytes(sha256(f"{self.name}/{what}".encode()).digest()[:6], "big") % below

    def pick(self, what: str, among: Sequence[T]) -> T:
        return among[self.draw(what, len(among))]

    @property
    def id(self) -> str:
        plain = self.name.lower().replace("&", "and").replace("ü", "u").replace("ö", "o").replace("ä", "a")
        return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in plain).split())

    @property
    def is_lost(self) -> bool:
        return self.draw("lost", 16) == 0

    @property
    def renews_on(self) -> date:
        """In the coming year; those who left ended in the year behind."""
        days = self.draw("renews", 355)
        return TODAY - timedelta(10 + days * 9 // 10) if self.is_lost else TODAY + timedelta(4 + days)

    @property
    def size(self) -> str:
        return self.pick("size", SIZES)

    @property
    def health(self) -> int | None:
        band = 3 if self.is_lost else self.draw("health", 24)
        spread = self.draw("score", 24)
        if band == 0:
            return None
        return spread + (26 if band < 4 else 51 if band < 9 else 75)

    @property
    def plan(self) -> str:
        usual = {"smb": "growth", "enterprise": "platform"}
        return usual.get(self.size) or self.pick("plan", ("growth", "platform"))

    @property
    def seats(self) -> int:
        return self.pick("seats", _fitting(self.plan, self.place.currency, self.size))

    @property
    def seats_before(self) -> int:
        """What they had a year ago: mostly fewer, sometimes more."""
        change = self.pick("change", (70, 80, 85, 90, 100, 100, 115))
        wanted = self.seats * change // 100
        return min(_fitting(self.plan, self.place.currency, None), key=lambda seats: abs(seats - wanted))

    @property
    def active(self) -> list[int]:
        """Active users, month by month, on the way from a year ago to now."""
        now = max(2, self.seats * (55 + self.draw("used", 45)) // 100)
        then = max(1, now * (70 + self.draw("then", 45)) // 100)
        return [then + (now - then) * n // 11 for n in range(12)]

    @property
    def stripe_customer(self) -> str:
        """Three in four small companies have a card on file."""
        has_card = self.size == "smb" and self.draw("card", 4) > 0
        return "cus_" + self.id.replace("-", "_") if has_card else ""

    def unit(self, product: str, seats: int) -> str:
        currency = self.place.currency
        return Money(_price(product, currency, seats).minor // seats, currency).decimal_text


def _price(product: str, currency: str, seats: int) -> Money:
    found = CATALOGUE.price_list(product, currency)
    assert found is not None
    return found.price(seats)


@lru_cache
def _fitting(plan: str, currency: str, size: str | None) -> list[int]:
    """Numbers of seats whose list price is one unit price times the seats, to the cent, and of this size."""
    bounds = THRESHOLDS[currency]
    least = bounds.get(size, 0)
    most = {"smb": bounds["mid-market"], "mid-market": bounds["enterprise"] * 2 // 3}.get(size or "", 10**12)
    worth = {seats: _price(plan, currency, seats).minor for seats in range(3, 401)}
    return [n for n, minor in worth.items() if minor % n == 0 and least <= minor and minor * 27 // 25 < most]


def accounts(company: Company) -> Iterator[Row]:
    since = _years_before(company.renews_on, 2 + company.draw("since", 5))
    questions = ("stable", "budget", "multi", "changes")
    yes_no = [company.pick(question, ("true", "true", "false", "")) for question in questions]
    place = company.place
    yield (
        company.id, company.name, place.currency, place.country, place.timezone, place.locale,
        company.industry, since, company.health, str(company.size == "enterprise").lower(), *yes_no,
        company.stripe_customer,
        company.pick("csm", ("maya@lumen.example", "maya@lumen.example", "ravi@lumen.example")),
    )


def people(company: Company) -> Iterator[Row]:
    roles = {"smb": ["owner;buyer"], "mid-market": ["owner;buyer", "procurement"]}
    wanted = roles.get(company.size, ["owner", "buyer;signer", "procurement", "viewer"])
    titles = ("Managing director", "Head of operations", "Procurement", "Analyst")
    start = company.draw("people", 100)
    for n, role in enumerate(wanted):
        name = company.place.people[(start + n * 7) % len(company.place.people)]
        first = name.split()[0].lower().replace("ü", "ue").replace("ö", "oe").replace("é", "e")
        yield (company.id, f"{first}@{company.id}.example", name, titles[n], role, "")


def subscriptions(company: Company) -> Iterator[Row]:
    ends = company.renews_on
    starts, before = _years_before(ends, 1), _years_before(ends, 2)
    left = (ends - TODAY).days
    stages = ["lost"] if company.is_lost else next(stages for days, stages in STAGES.items() if left <= days)
    stage = company.pick("stage", stages)
    yield from _term(company, company.seats_before, before, starts, "won", with_add_on=False)
    more = company.draw("add-on", 4) == 0
    yield from _term(company, company.seats, starts, ends, stage, with_add_on=more)


def _term(
    company: Company, seats: int, starts: date, ends: date, stage: str, *, with_add_on: bool
) -> Iterator[Row]:
    add_ons = [company.pick("which", ("online_booking", "insights"))] if with_add_on else []
    is_smb = company.size == "smb"
    notice = company.pick("notice", (0, 14, 30) if is_smb else (30, 60))
    renews_itself = "true" if is_smb and company.draw("auto", 3) == 0 else "false"
    for product in (company.plan, *add_ons):
        yield (
            f"{company.id}-{company.plan}", company.id, company.plan, product, seats,
            company.unit(product, seats), starts, ends, notice, renews_itself, "annual", 0 if is_smb else 30,
            stage, OWNERS[company.size], "",
        )


def value(company: Company) -> Iterator[Row]:
    """Two in three have figures; the others show what a page without any looks like."""
    if company.draw("figures", 3) == 0:
        return
    hours = sum(_hours(company))
    at, subscription = "2026-07-31", f"{company.id}-{company.plan}"
    yield (
        company.id, subscription, f"{company.id}-1", "hours_saved", "Hours saved by automation",
        "Jam dijimatkan oleh automasi", hours, "hours", "", "Activity log, August 2025 to July 2026",
        "3 minutes for each automated step", at,
    )
    yield (
        company.id, subscription, f"{company.id}-2", "satisfaction", "Satisfaction of their customers",
        "Kepuasan pelanggan mereka", f"{4 - company.draw('low', 2)}.{company.draw('score', 10)}", "score", "",
        "Survey after each visit, July 2026", "", at,
    )


def usage(company: Company) -> Iterator[Row]:
    subscription = f"{company.id}-{company.plan}"
    for metric, amounts in (("active_users", company.active), ("hours_saved", _hours(company))):
        yield from ((subscription, metric, *pair) for pair in zip(MONTHS, amounts, strict=True))


def _hours(company: Company) -> list[int]:
    each = 8 + company.draw("hours", 20)
    return [active * (each + n % 3) // 10 for n, active in enumerate(company.active)]


def ordinary() -> list[Company]:
    """Every place in turn, until there are enough; a name stands once."""
    named: dict[str, Company] = {}
    for n in range(ORDINARY):
        place = PLACES[n % len(PLACES)]
        head = place.heads[n // len(PLACES) % len(place.heads)]
        tail, industry = place.trades[n * 5 % len(place.trades)]
        named.setdefault(f"{head} {tail}", Company(f"{head} {tail}", industry, place))
    return sorted(named.values(), key=lambda company: company.id)


def books() -> dict[Kind, list[Row]]:
    cast = (ACCOUNTS, PEOPLE, SUBSCRIPTIONS, VALUE, list(cast_usage(MONTHS)))
    more: dict[Kind, Callable[[Row], Row]] = {KINDS[0]: _with_region, KINDS[1]: _with_stake, KINDS[2]: _with_mandate}
    makers = (accounts, people, subscriptions, value, usage)
    companies = ordinary()
    return {
        kind: [more.get(kind, tuple)(row) for row in (*rows, *(row for company in companies for row in make(company)))]
        for kind, rows, make in zip(KINDS, cast, makers, strict=True)
    }


def _with_region(account: Row) -> Row:
    return (*account, STATES.get(str(account[4]), ""))


def _with_stake(person: Row) -> Row:
    """Of ordinary companies nobody has said yet who decides."""
    return (*person, *STAKES.get(str(person[1]), ("",) * 6))


def _with_mandate(term: Row) -> Row:
    """Whoever's contract renews by itself agreed to be charged when it began."""
    return (*term, term[6] if term[9] == "true" else "")


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, rows in books().items():
        with (folder / f"{kind.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(kind.names)
            writer.writerows(rows)


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)


if __name__ == "__main__":
    write(BOOK)
