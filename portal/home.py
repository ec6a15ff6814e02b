"""Home: what is coming, what runs, what is owed, and the newest papers."""

from types import SimpleNamespace
from typing import Any

from gateways.browser import Answer, Visit, customer, get
from portal.shown import Shown
from renewals.instalment import Instalment
from renewals.paper import Document
from renewals.permission import Permission
from renewals.renewal import Renewal


@get("/", customer(Permission.VIEW))
def show(visit: Visit) -> Answer:
    nearest = visit.session.scalar(Renewal.nearest_to(visit.someone))
    shown = Shown.find(visit, nearest) if nearest else None
    return visit.page("portal/home.html", **_context(visit, shown))


def _context(visit: Visit, shown: Shown | None) -> dict[str, Any]:
    documents: list[Document] = []
    if visit.someone.may(Permission.READ_DOCUMENTS):
        documents = list(visit.session.scalars(Document.room_of(visit.someone).limit(3)))
    if shown is None:
        return {"renewal": None, "standing": None, "value": None, "plan": None, "next_payment": None, "card": None,
                "documents": documents}
    term = shown.renewal.term
    return {
        "renewal": shown,
        "standing": shown.standing,
        "value": shown.choice.value if shown.choice.value.hours else None,
        "plan": SimpleNamespace(
            name=shown.plan, starts_on=term.starts_on, ends_on=term.ends_on, per_year=term.arr, seats=shown.seats,
            used=shown.used,
        ),
        "next_payment": Instalment.next_of(visit.session, shown.renewal.subscription_id, visit.today),
        "card": shown.renewal.account.card_on_file,
        "documents": documents,
    }
