"""Wording: a letter in the company's own words, filled for one reader and dressed as every mail of the house."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.house import House
from app.html import Letter
from app.particulars import Particulars
from gateways import stencil
from gateways.stencil import Preview, Written
from portal.shown import Shown
from renewals.choice import Choice
from renewals.message import ABOUT_RENEWAL, MessageKind
from renewals.person import Person
from renewals.plan.readers import readers
from renewals.renewal import Renewal
from renewals.wording import ALL, Wording

NOTHING_TO_REFUSE = frozenset({MessageKind.THANKS})
EXAMPLES: Mapping[str, str] = {"letter": "The letter", "reader": "The reader", "why": "The address was refused."}
"""What a preview says of an occasion that has not come."""


def shown_on(session: Session, renewal: Renewal, at: datetime) -> Shown:
    """The renewal as its customer's pages would speak of it now."""
    today = renewal.account.today(at)
    return Shown(session, renewal, Choice.of(session, renewal, today), today)


def compose(
    house: House, wording: Wording, shown: Shown, reader: Person, locale: str, *, link: str,
    news: Mapping[str, str] | None = None,
) -> tuple[Letter, Written]:
    """The letter, and its words before they were dressed."""
    words, language = wording.in_language(locale), house.html.language(locale)
    particulars = Particulars(shown, reader, wording.kind, language, house.vendor, news or {})
    values = particulars.named(stencil.names_of(words.body))
    written = stencil.fill(words, values, particulars.in_subject(stencil.names_of(words.subject)))
    refusable = wording.kind in ABOUT_RENEWAL - NOTHING_TO_REFUSE
    letter = house.html.letter(
        "worded", locale, vendor=house.vendor, written=written, link_url=link, account_name=shown.renewal.account.name,
        owner_name=particulars.owner_first_name, is_staff=reader.is_staff,
        opt_out_url=f"{link}?to=opt-out" if refusable else None, snooze_url=f"{link}?to=snooze" if refusable else None,
    )
    return replace(letter, words=wording.name), written


def preview(
    house: House, session: Session, wording: Wording, renewal: Renewal, locale: str, *, by: Person, at: datetime
) -> Preview:
    """The letter about a real renewal, as somebody there would read it today. Nothing is written, no key is made."""
    reader = by if wording.is_for_staff else _somebody(session, renewal, wording.part) or by
    shown = shown_on(session, renewal, at)
    link = f"{house.settings.public_url}/…"
    letter, written = compose(house, wording, shown, reader, locale, link=link, news=EXAMPLES)
    return Preview(reader.name, written, letter.text)


def _somebody(session: Session, renewal: Renewal, part: str) -> Person | None:
    """Whoever plays the part there, else anybody of theirs."""
    playing = readers(session, renewal, () if part == ALL else (part,))
    if playing:
        return playing[0][0]
    theirs = select(Person).where(Person.account_id == renewal.account_id, Person.active).order_by(Person.id)
    return session.scalars(theirs).first()
