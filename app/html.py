"""A page in one language: the templates, and how money, days and numbers are said in them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from threading import Lock
from types import CodeType

import css_inline
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket
from markupsafe import Markup

from app.assets import Assets
from app.chart import area, line, waterfall
from app.locale import NAMES, Catalogue, HouseWords
from pricing.currency import decimals
from pricing.money import Money, rounded
from renewals.plan.schedule import named

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@lru_cache(maxsize=8192)
def _amount(minor: int, currency: str, locale: str, short: bool) -> str:
    digits = decimals(currency)
    value = Decimal(minor).scaleb(-digits)
    whole = short and value == value.to_integral_value()
    shape = "#,##0" if whole else "#,##0" + (f".{'0' * digits}" if digits else "")
    return format_currency(value, currency, f"{shape};{MINUS}{shape}", locale=locale, currency_digits=False)


@lru_cache(maxsize=4096)
def _day(day: date, shape: str, locale: str) -> str:
    return format_date(day, shape, locale=locale)


@lru_cache(maxsize=4096)
def _number(value: float | Decimal, locale: str, shape: str = "#,##0.##") -> str:
    return format_decimal(value, shape, locale=locale).replace("-", MINUS)


@dataclass(frozen=True)
class Language:
    """How one language says things. Its methods are the filters of the templates."""

    locale: str
    words: NullTranslations
    house: HouseWords

    def said(self, sentence: str) -> str:
        """What the house said when it refused, or what a field's trouble is."""
        return self.house.say(sentence)

    def money(self, amount: Money) -> str:
        """USD 9,216.00 in every language: the code in front, never a sign that two currencies share."""
        return f"{amount.currency} {_amount(amount.minor, amount.currency, self.locale, False)}"

    def money_short(self, amount: Money) -> str:
        """USD 14,040 when there are no cents to say."""
        return f"{amount.currency} {_amount(amount.minor, amount.currency, self.locale, True)}"

    def amount(self, amount: Money, short: bool = True) -> str:
        """9,216, or 9,216.00 in a column of others: where the currency stands beside it already."""
        return _amount(amount.minor, amount.currency, self.locale, short)

    def change(self, amount: Money, short: bool = True) -> str:
        """+576 or −576."""
        return ("+" if amount.minor > 0 else "") + self.amount(amount, short)

    def number(self, value: float | Decimal) -> str:
        return _number(value, self.locale)

    def percent(self, bps: int) -> str:
        """Units: basis points; 1250 is 12.5 %."""
        return f"{_number(Decimal(bps) / 100, self.locale)}{NBSP}%"

    def about_percent(self, bps: int) -> str:
        """7 % for 667 basis points: in a sentence, where the exact figure stands elsewhere."""
        return f"{_number(rounded(bps, 100), self.locale)}{NBSP}%"

    def day(self, day: date) -> str:
        """Friday, 4 September 2026."""
        return _day(day, "EEEE, d MMMM y", self.locale)

    def eve(self, day: date) -> date:
        """The last day of a period that ends before `day`."""
        return day - timedelta(days=1)

    def figure(self, amount: Decimal, unit: str, currency: str | None = None) -> str:
        """One figure of a value story in its unit: 312 h (168 jam), −38 %, 4.7 / 5.

        Units: as `renewals.value.Unit`; money in major units of `currency`.
        """
        said = self.number(amount)
        hours = self.words.gettext("%(num)s h") % {"num": said}
        shapes = {"hours": hours.replace(" ", NBSP), "percent": f"{said}{NBSP}%", "score": f"{said} / 5"}
        return f"{currency} {said}" if unit == "money" else shapes.get(unit, said)

    def weekday(self, day: date) -> str:
        """Friday."""
        return _day(day, "EEEE", self.locale)

    def plain_day(self, day: date) -> str:
        """4 September 2026."""
        return _day(day, "d MMMM y", self.locale)

    def short_day(self, day: date) -> str:
        """Fri 21 Aug."""
        return _day(day, "EEE d MMM", self.locale)

    def dated(self, day: date) -> str:
        """4 Sep 2026."""
        return _day(day, "d MMM y", self.locale)

    def day_month(self, day: date) -> str:
        """21 Aug."""
        return _day(day, "d MMM", self.locale)

    def month(self, day: date) -> str:
        """Aug."""
        return _day(day, "MMM", self.locale)

    def month_year(self, day: date) -> str:
        """August 2026."""
        return _day(day, "MMMM y", self.locale)

    def moment(self, at: datetime) -> str:
        """4 Sep 2026, 14:05 UTC: an instant always says its zone."""
        return format_datetime(at, "d MMM y, HH:mm", locale=self.locale) + f" {at.tzname() or 'UTC'}"

    def relative_day(self, day: date, today: date) -> str:
        """In 16 days, tomorrow, 3 days ago."""
        _, ngettext = self.words.gettext, self.words.ngettext
        days = (day - today).days
        near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
        if days > 1:
            return ngettext("in %(num)s day", "in %(num)s days", days) % {"num": self.number(days)}
        ago = ngettext("%(num)s day ago", "%(num)s days ago", -days)
        return near.get(days) or ago % {"num": self.number(-days)}

    def list_of(self, things: Sequence[str]) -> str:
        """24 seats, Online booking and 12 months."""
        locale = "en_GB" if self.locale == "en" else self.locale  # without the comma before "and"
        return format_list(list(things), locale=locale) if things else ""

    def bytes(self, size: int) -> str:
        """A file's size for people: 84 KB, 4.2 MB."""
        if size < 1_000_000:
            return f"{self.number(max(1, round(size / 1000)))}{NBSP}KB"
        return f"{self.number(round(size / 1_000_000, 1))}{NBSP}MB"

    @property
    def filters(self) -> dict[str, Callable[..., object]]:
        return {name: getattr(self, name) for name in _FILTERS}


_FILTERS = (
    *("money", "money_short", "amount", "change"),
    *("number", "percent", "about_percent", "bytes", "figure", "list_of"),
    *("eve", "day", "weekday", "plain_day", "short_day", "dated", "day_month", "month", "month_year"),
    *("moment", "relative_day", "said"),
)


@dataclass(frozen=True)
class Letter:
    """A mail as it is sent: a line of subject, the plain text, the same in HTML with its styles inside; `words` names
    the version of the company's own words it was made from, if it was."""

    subject: str
    text: str
    html: str
    words: str | None = None


class Memory:
    """Fragments of one language that were rendered before, by all they were made from; the oldest are forgotten."""

    MOST = 2000

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Markup] = OrderedDict()
        self._lock = Lock()

    def remembered(self, key: Hashable | None, caller: Callable[[], Markup]) -> Markup:
        """What `caller` writes, written once for each key. None is not remembered."""
        if key is None:
            return caller()
        with self._lock:
            known = self._known.get(key)
        return known if known is not None else self._remember(key, caller())

    def _remember(self, key: Hashable, written: Markup) -> Markup:
        with self._lock:
            self._known[key] = written
            if len(self._known) > self.MOST:
                self._known.popitem(last=False)
        return written


class Html:
    """The templates, once for each language. Loaded at start; safe to share between threads."""

    def __init__(self, assets: Assets, catalogue: Catalogue, folder: Path = TEMPLATES) -> None:
        self._languages = {
            locale: Language(locale, catalogue.words(locale), catalogue.house(locale)) for locale in catalogue.locales
        }
        self._pages = {locale: _environment(said, assets, folder) for locale, said in self._languages.items()}
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)

    def render(self, template: str, locale: str, /, **context: object) -> bytes:
        """Raises: UndefinedError when the context lacks something the page shows."""
        return self._write(template, locale, context).encode()

    def letter(self, kind: str, locale: str, /, **context: object) -> Letter:
        """The three files of `templates/mail/<kind>/`; they may read `locale` too."""
        context["locale"] = locale
        subject = self._write(f"mail/{kind}/subject.txt", locale, context)
        html = self._write(f"mail/{kind}/body.html", locale, context)
        text = self._write(f"mail/{kind}/body.txt", locale, context)
        return Letter(" ".join(subject.split()), text.strip() + "\n", self._inliner.inline(html))

    def language(self, locale: str) -> Language:
        return self._languages[locale]

    def _write(self, template: str, locale: str, context: dict[str, object]) -> str:
        return self._pages[locale].get_template(template).render(context)


class Compiled(BytecodeCache):
    """What a template became for one language serves the others: only its words differ."""

    def __init__(self) -> None:
        self._code: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self._code[bucket.key] = bucket.code


COMPILED = Compiled()


def _environment(language: Language, assets: Assets, folder: Path) -> Environment:
    """Everything is escaped but the plain text of mails, where an ampersand is an ampersand."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=COMPILED,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(language.words, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(language.filters)
    environment.globals.update(
        languages=NAMES,
        asset=assets.url,
        named_milestone=named,
        area_chart=area,
        line_chart=line,
        waterfall=waterfall,
        Money=Money,
        remembered=Memory().remembered,
    )
    return environment
