"""InvoiceWish: somebody of theirs wants to pay by invoice; everybody who looks at the renewal sees so."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from renewals.base import session_of
from renewals.event import Event, EventName
from renewals.person import Person
from renewals.renewal import Renewal


@dataclass(frozen=True, slots=True)
class InvoiceWish:
    """The newest one. Units: `on` is their day."""

    by_name: str
    on: date

    @classmethod
    def of(cls, renewal: Renewal) -> "InvoiceWish | None":
        asked = (
            select(Event.at, Person.name).join(Person, Person.id == Event.by_id)
            .where(
                Event.subject_id == renewal.id, Event.name == EventName.QUESTION_ASKED,
                Event.details["purpose"].as_string() == "invoice",
            )
        )
        newest = session_of(renewal).execute(asked.order_by(Event.seq.desc()).limit(1)).first()
        return cls(newest.name, renewal.account.today(newest.at)) if newest else None
