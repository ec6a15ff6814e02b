"""Document: the window to the printer, through which a paper becomes a PDF.

The papers are PDF/A-2a and PDF/UA-1, the same bytes for the same values. Their text comes in as data and is
never read as markup; the printer reads nothing outside `templates/paper` and fetches nothing.
"""

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol

import fontpkg_figtree
import fontpkg_newsreader
import fontpkg_noto_sans
import structlog
import typst
from babel import Locale
from fontTools.ttLib import TTFont

from gateways.paper import (
    AgreementPaper,
    ContractYear,
    Customer,
    Evidence,
    InvoicePaper,
    NoticePaper,
    Owed,
    Paid,
    PricedLine,
    ProposalPaper,
    Vendor,
)
from pricing.money import MixedCurrencies, Money
from pricing.term import YEAR, ends_on
from renewals.errors import GatewayFailed

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "paper"
FONTS = tuple(Path(package.ROOT) / "files" for package in (fontpkg_figtree, fontpkg_newsreader, fontpkg_noto_sans))
STANDARDS: list[Any] = ["a-2a", "ua-1"]
NO_GLYPH = "\N{REPLACEMENT CHARACTER}"
A_DAY = timedelta(days=1)
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
CONTROLS = {*range(0x20), *range(0x7F, 0xA0)}
VARIANTS = range(0xFE00, 0xFE10)

Facts = dict[str, Any]
"""What a template reads: texts, and lists and tables of them."""

log = structlog.get_logger(__name__)


class Language(Protocol):
    """How one language says money and days; the pages' own, so that paper and page agree."""

    def money(self, amount: Money) -> str: ...
    def plain_day(self, day: date) -> str: ...
    def day(self, day: date) -> str: ...
    def number(self, value: int, /) -> str: ...


class Papers:
    """The printer. Made once; safe to share between threads. `fonts` are folders for scripts that ours lack."""

    def __init__(self, language: Callable[[str], Language], *, fonts: Sequence[Path] = ()) -> None:
        folders = [*FONTS, *fonts]
        self._language = language
        self._locales = {file.stem for file in TEMPLATES.glob("*.toml")}
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders]
        )
        self._glyphs = frozenset(glyph for folder in folders for glyph in _glyphs(folder))

    def agreement(self, paper: AgreementPaper, locale: str) -> bytes:
        """The executed agreement with its certificate of acceptance.

        Raises: GatewayFailed, permanent, when it can not be printed or does not add up.
        """
        _must_add_up(paper.number, paper.total, [year.price for year in paper.years])
        return self._print("agreement", paper.made_at, locale, lambda said: _agreement(paper, said))

    def invoice(self, paper: InvoicePaper, locale: str) -> bytes:
        """Raises: GatewayFailed, permanent, when it can not be printed or does not add up."""
        _must_add_up(paper.number, paper.total, [line.amount for line in paper.lines])
        issued_at = datetime.combine(paper.issued_on, time(), UTC)
        return self._print("invoice", issued_at, locale, lambda said: _invoice(paper, said))

    def notice(self, paper: NoticePaper, locale: str) -> bytes:
        """The notice that comes before a renewal by itself, with room for how it was served.

        Raises: GatewayFailed, permanent, when it can not be printed.
        """
        return self._print("notice", paper.made_at, locale, lambda said: _notice(paper, said))

    def proposal(self, paper: ProposalPaper, locale: str) -> bytes:
        """Raises: GatewayFailed, permanent, when it can not be printed or does not add up."""
        _must_add_up(paper.number, paper.total, [one.amount for one in paper.instalments])
        return self._print("proposal", paper.made_at, locale, lambda said: _proposal(paper, said))

    def _print(self, kind: str, made_at: datetime, locale: str, facts: Callable[["_Said"], Facts]) -> bytes:
        if locale not in self._locales or made_at.tzinfo is None:
            raise GatewayFailed(f"No {kind} is printed in {locale!r}, made at {made_at}.", permanent=True)
        try:
            text = json.dumps(self._printable(facts(_Said(self._language(locale), locale))))
            return typst.compile(
                input=str(TEMPLATES / f"{kind}.typ"), root=str(TEMPLATES), font_paths=self._fonts,
                ignore_system_fonts=True, format="pdf", sys_inputs={"locale": locale, "paper": text},
                pdf_standards=STANDARDS, timestamp=int(made_at.timestamp()),
            )
        except (typst.TypstError, MixedCurrencies) as no:
            raise GatewayFailed(f"The {kind} can not be printed: {no}", permanent=True) from no

    def _printable(self, value: Any) -> Any:
        """Every text with only characters that the typefaces have."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {name: self._printable(inner) for name, inner in value.items()}
        return [self._printable(inner) for inner in value] if isinstance(value, list | tuple) else value

    def _text(self, text: str) -> str:
        shown = [sign for sign in unicodedata.normalize("NFC", " ".join(text.split())) if not _is_unseen(sign)]
        missing = sorted({f"U+{ord(sign):04X}" for sign in shown if ord(sign) not in self._glyphs})
        if missing:
            log.warning("characters without a glyph", characters=missing)
        return "".join(sign if ord(sign) in self._glyphs else NO_GLYPH for sign in shown)


def _glyphs(folder: Path) -> set[int]:
    """The characters that the upright fonts of a folder can draw."""
    files = [file for file in sorted(folder.iterdir()) if file.suffix in {".ttf", ".otf"} and "Italic" not in file.name]
    return {code for file in files for code in TTFont(file, lazy=True).getBestCmap()} - CONTROLS


def _is_unseen(sign: str) -> bool:
    """Marks that have no shape of their own but turn or hide others; joiners belong to some scripts' spelling."""
    return (unicodedata.category(sign) == "Cf" and sign not in JOINERS) or ord(sign) in VARIANTS


def _must_add_up(number: str, total: Money, parts: list[Money]) -> None:
    if {total.currency} != {part.currency for part in parts} or sum(parts, Money.zero(total.currency)) != total:
        raise GatewayFailed(f"{number} says {total}, and its parts are {', '.join(map(str, parts))}.", permanent=True)


@dataclass(frozen=True, slots=True)
class _Said:
    """A paper's values in the words of one language."""

    language: Language
    locale: str

    def money(self, amount: Money) -> str:
        return self.language.money(amount)

    def figure(self, amount: Money | None) -> str:
        """9,216.00: exact to the last decimal, where the currency stands above."""
        return self.money(amount).removeprefix(f"{amount.currency} ") if amount is not None else ""

    def change(self, amount: Money | None) -> str:
        """+576.00 or −576.00."""
        return ("+" if amount is not None and amount.minor > 0 else "") + self.figure(amount)

    def day(self, day: date) -> str:
        return self.language.plain_day(day)

    def number(self, value: int | None) -> str:
        return self.language.number(value) if value is not None else ""

    def vendor(self, vendor: Vendor) -> Facts:
        return asdict(vendor) | {"lines": vendor.address}

    def customer(self, customer: Customer) -> Facts:
        country = Locale.parse(self.locale).territories.get(customer.country, customer.country)
        return {"legal_name": customer.legal_name, "registration": "", "lines": [*customer.address, country]}

    def period(self, starts_on: date, after: date) -> Facts:
        return {"first_day": self.day(starts_on), "last_day": self.day(after - A_DAY)}

    def total(self, total: Money) -> Facts:
        return {"money": self.money(total), "figure": self.figure(total)}

    def payment(self, payment: Paid | Owed) -> Facts:
        known = {"amount": self.money(payment.amount), "reference": payment.reference}
        if isinstance(payment, Owed):
            return known | {"kind": "owed", "day": self.day(payment.due_on)}
        kind = "card" if payment.brand else "paid"
        return known | {"kind": kind, "day": self.day(payment.on), "brand": payment.brand, "last4": payment.last4}

    def evidence(self, evidence: Evidence) -> Facts:
        """The moment twice: for people, and exact to the second in UTC."""
        at = evidence.at.astimezone(UTC)
        return asdict(evidence) | {
            "at": None, "day": self.day(at.date()), "stamp": f"{self.day(at.date())}, {at:%H:%M:%S} UTC"
        }


def _agreement(paper: AgreementPaper, said: _Said) -> Facts:
    currency = paper.total.currency
    return {
        **said.period(paper.starts_on, paper.ends_on),
        "number": paper.number,
        "keywords": [paper.number, paper.evidence.content_hash],
        "vendor": said.vendor(paper.vendor),
        "customer": said.customer(paper.customer),
        "plan": paper.plan,
        "currency": currency,
        "months": paper.months,
        "lines": [_line(line, said) for line in paper.lines],
        "per_year": said.figure(sum((line.amount for line in paper.lines), Money.zero(currency))),
        "units_rounded": any(line.unit * line.quantity != line.amount for line in paper.lines),
        "years": [_year(paper, place, year, said) for place, year in enumerate(paper.years)],
        "total": said.total(paper.total),
        "changes": [{"words": it.words, "amount": said.change(it.money)} for it in paper.changes],
        "steps": [asdict(step) | {"amount": said.figure(step.amount)} for step in paper.steps],
        "price_rules": paper.price_rules,
        "terms": {**asdict(paper.terms), "paragraphs": list(paper.terms.paragraphs)},
        "clauses": [list(pair) for pair in paper.clauses],
        "evidence": said.evidence(paper.evidence),
        "payment": said.payment(paper.payment),
        "decline_by": said.language.day(paper.decline_by) if paper.decline_by else "",
    }


def _notice(paper: NoticePaper, said: _Said) -> Facts:
    return {
        **said.period(paper.renews_on, paper.ends_on),
        "number": paper.number,
        "keywords": [paper.content_hash],
        "made_on": said.day(paper.made_at.date()),
        "vendor": said.vendor(paper.vendor),
        "customer": said.customer(paper.customer),
        "plan": paper.plan,
        "months": paper.months,
        "renews_on": said.language.day(paper.renews_on),
        "deadline": said.language.day(paper.deadline),
        "price": said.money(paper.price),
        "change": said.change(paper.change) if paper.change.minor else "",
        "content_hash": paper.content_hash,
        "where": paper.where,
        "served_from": said.day(paper.first_day),
        "served_to": said.day(paper.last_day),
    }


def _proposal(paper: ProposalPaper, said: _Said) -> Facts:
    return {
        **said.period(paper.starts_on, paper.ends_on),
        "number": paper.number,
        "version": said.number(paper.version),
        "keywords": [paper.number, paper.content_hash],
        "vendor": said.vendor(paper.vendor),
        "customer": said.customer(paper.customer),
        "plan": paper.plan,
        "currency": paper.total.currency,
        "months": paper.months,
        "lines": [_line(line, said) for line in paper.lines],
        "per_year": said.total(_per_year(paper)),
        "change": said.change(paper.change) if paper.change.minor else "",
        "total": said.total(paper.total),
        "units_rounded": any(line.unit * line.quantity != line.amount for line in paper.lines),
        "instalments": [
            {"on": said.day(one.on), "due_on": said.day(one.due_on), "amount": said.figure(one.amount)}
            for one in paper.instalments
        ],
        "changes": [{"words": it.words, "amount": said.change(it.money)} for it in paper.changes],
        "foreseen": paper.departures is not None,
        "departures": [{"words": it.words, "amount": said.change(it.money)} for it in paper.departures or ()],
        "terms": [list(pair) for pair in paper.terms],
        "value": list(paper.value),
        "steps": [asdict(step) | {"amount": said.figure(step.amount)} for step in paper.steps],
        "price_rules": paper.price_rules,
        "valid_until": said.language.day(paper.valid_until) if paper.valid_until else "",
        "where": paper.where,
        "sections": [asdict(section) for section in paper.sections],
        "voices": list(paper.voices),
        "optional": [_line(line, said) for line in paper.optional],
        "dates": [list(pair) for pair in paper.dates],
        "approvals": [list(pair) for pair in paper.approvals],
        "contacts": [list(pair) for pair in paper.contacts],
        "content_hash": paper.content_hash,
    }


def _per_year(paper: ProposalPaper) -> Money:
    return sum((line.amount for line in paper.lines), Money.zero(paper.total.currency))


def _line(line: PricedLine, said: _Said) -> Facts:
    return {
        "product": line.product, "quantity": said.number(line.quantity), "unit": said.figure(line.unit),
        "amount": said.figure(line.amount),
    }


def _year(paper: AgreementPaper, place: int, year: ContractYear, said: _Said) -> Facts:
    after = min(ends_on(paper.starts_on, YEAR * (place + 1)), paper.ends_on)
    return {
        **said.period(ends_on(paper.starts_on, YEAR * place), after),
        "number": said.number(place + 1), "due_on": said.day(year.due_on), "amount": said.figure(year.price),
    }


def _invoice(paper: InvoicePaper, said: _Said) -> Facts:
    return {
        **said.period(paper.starts_on, paper.ends_on),
        "number": paper.number,
        "keywords": [paper.number],
        "issued_on": said.day(paper.issued_on),
        "vendor": said.vendor(paper.vendor),
        "customer": said.customer(paper.customer),
        "currency": paper.total.currency,
        "lines": [
            {"words": line.words, "quantity": said.number(line.quantity), "amount": said.figure(line.amount)}
            for line in paper.lines
        ],
        "total": said.total(paper.total),
        "tax": paper.tax.value,
        "nothing": said.figure(Money.zero(paper.total.currency)),
        "payment": said.payment(paper.payment),
        "agreement": paper.agreement,
        "purchase_order": paper.purchase_order,
        "tax_number": paper.tax_number,
    }
