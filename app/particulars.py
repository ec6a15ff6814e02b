"""Particulars: what a letter may name, said in the reader's language; "" is what is not known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from app import worth
from app.html import Language
from portal.shown import Shown
from pricing.money import Money
from pricing.option import Option
from renewals.closing import term_after
from renewals.message import MessageKind
from renewals.person import Person
from renewals.subscription import Term


@dataclass
class Particulars:
    """One renewal for one reader. `news` is what only the occasion of the letter knows."""

    shown: Shown
    reader: Person
    kind: MessageKind
    language: Language
    company: Any
    news: Mapping[str, str] = field(default_factory=dict)

    def named(self, names: Iterable[str]) -> dict[str, str]:
        """Nothing is worked out that the letter does not name."""
        return {name: self.news[name] if name in self.news else getattr(self, name) for name in names}

    def in_subject(self, names: Iterable[str]) -> dict[str, str]:
        """As `named`, with days in short."""
        short = {name: self._short(day) for name, day in self._days().items()}
        return {name: short.get(name) or said for name, said in self.named(names).items()}

    def _days(self) -> dict[str, date]:
        return {"renews_on": self.shown.renews_on} | ({"next_renews_on": self._next[1]} if self._is_thanks else {})

    def _short(self, day: date) -> str:
        """Fri 4 Sep 2026."""
        return f"{self.language.short_day(day)} {day.year}"

    # Who

    @property
    def first_name(self) -> str:
        return self.reader.first_name

    @property
    def account(self) -> str:
        return self.shown.renewal.account.name

    @property
    def owner(self) -> str:
        return self.shown.owner.name

    @property
    def owner_first_name(self) -> str:
        return self.owner.split(" ", 1)[0]

    @property
    def vendor(self) -> str:
        return str(self.company.name)

    # What and when

    @property
    def plan(self) -> str:
        return self.shown.plan

    @property
    def seats(self) -> str:
        return self._many("%(num)s seat", "%(num)s seats", self.shown.seats)

    @property
    def used(self) -> str:
        return "" if self.shown.used is None else self.language.number(self.shown.used)

    @property
    def renews_on(self) -> str:
        return self.language.day(self.shown.renews_on)

    @property
    def renews_in(self) -> str:
        return self.language.relative_day(self.shown.renews_on, self.shown.today)

    @property
    def decide_by(self) -> str:
        return self.language.day(self.shown.decide_by) if self._may_decide else ""

    @property
    def decide_in(self) -> str:
        return self.language.relative_day(self.shown.decide_by, self.shown.today) if self._may_decide else ""

    @property
    def _may_decide(self) -> bool:
        return self.shown.today <= self.shown.decide_by

    @property
    def otherwise(self) -> str:
        """What happens when nobody decides, as their agreement has it."""
        _, day = self.language.words.gettext, self.renews_on
        if not self.shown.renewal.term.auto_renew:
            last_day = self.language.day(self.shown.last_day)
            return _("If nobody decides, it works until %(day)s and then stops.") % {"day": last_day}
        if not self._may_decide:
            return _("By your agreement it renews on %(day)s.") % {"day": day}
        words = _("By your agreement it renews on %(day)s unless you say no by %(decide_by)s.")
        return words % {"day": day, "decide_by": self.decide_by}

    # Money

    @property
    def price(self) -> str:
        return self.language.money(self._next[2] if self._is_thanks else self.shown.renewal.value)

    @property
    def new_price(self) -> str:
        return self.language.money(self._as_now.per_year)

    @property
    def term(self) -> str:
        begins, ends, _price = self._next
        shown = {"start": self.language.dated(begins), "end": self.language.dated(self.language.eve(ends))}
        return self.language.words.gettext("%(start)s to %(end)s") % shown

    @property
    def next_renews_on(self) -> str:
        return self.language.day(self._next[1])

    @property
    def card(self) -> str:
        card = self.shown.renewal.account.card_on_file
        if card is None or not card.lives_on(self.shown.renews_on):
            return ""
        return self.language.words.gettext("%(brand)s ending %(digits)s") % {"brand": card.brand, "digits": card.last4}

    @property
    def _as_now(self) -> Option:
        return self.shown.choice.options.good

    @property
    def _is_thanks(self) -> bool:
        return self.kind is MessageKind.THANKS

    @cached_property
    def _next(self) -> tuple[date, date, Money]:
        """The term that follows: when it begins and ends, and a year of it; as agreed, else as it would be."""
        agreed: Term | None = term_after(self.shown.session, self.shown.renewal)
        if agreed:
            return agreed.starts_on, agreed.ends_on, agreed.arr
        return self._as_now.starts_on, self._as_now.ends_on, self._as_now.per_year

    # Value

    @property
    def value(self) -> str:
        """What the year was worth in one sentence."""
        return worth.sentence(self.shown.choice.value, self.vendor, self.language)

    @property
    def hours_saved(self) -> str:
        return worth.hours_saved(self.shown.choice.value, self.language)

    @property
    def worth(self) -> str:
        return worth.worth(self.shown.choice.value, self.language)

    # What no customer is told

    @property
    def health(self) -> str:
        health = self.shown.choice.health.value
        return "not known" if health == "unknown" else health

    @property
    def stage(self) -> str:
        return self.shown.renewal.state.value

    @property
    def segment(self) -> str:
        return self.shown.choice.segment.label

    def _many(self, one: str, many: str, count: int) -> str:
        return self.language.words.ngettext(one, many, count) % {"num": self.language.number(count)}
