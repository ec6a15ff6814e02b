"""Home: what is coming, what runs, what is owed, and the newest papers."""

from collections.abc import Sequence
from typing import Any

from gateways.browser import Answer, Visit, customer, get
from portal.shown import Shown
from renewals.owing import owed_later
from renewals.paper import Agreement, Document
from renewals.permission import Permission
from renewals.renewal import Renewal


@get("/", customer(Permission.VIEW))
def show(visit: Visit) -> Answer:
    nearest = visit.session.scalar(Renewal.nearest_to(visit.someone))
    coming = _coming(visit, Shown.find(visit, nearest)) if nearest else NOTHING_COMING
    may_pay = visit.someone.may(Permission.RENEW)
    return visit.page("portal/home.html", documents=_newest(visit), may_pay=may_pay, **coming)


NOTHING_COMING: dict[str, Any] = {"renewal": None, "term": None, "agreement": None, "next_payment": None, "card": None}


def _coming(visit: Visit, shown: Shown) -> dict[str, Any]:
    term = shown.renewal.term
    return {
        "renewal": shown,
        "term": term,
        "agreement": visit.session.get(Agreement, term.agreement_id) if term.agreement_id else None,
        "next_payment": next(iter(owed_later(visit.session, shown.renewal.account_id)), None),
        "card": shown.renewal.account.card_on_file,
    }


def _newest(visit: Visit) -> Sequence[Document]:
    if not visit.someone.may(Permission.READ_DOCUMENTS):
        return []
    return visit.session.scalars(Document.room_of(visit.someone).limit(3)).all()
