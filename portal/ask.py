"""Ask: a question to a person, or the wish to pay by invoice; both reach whoever looks after the renewal."""

from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.shown import Shown
from pricing.option import Option
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.workday import next_workday

HASH = 64
"""Letters of a content hash."""
FIELDS = ("message", "po", "billing_email")
LONGEST = 4000
"""Characters of a question; more is not cut off but asked to be said shorter."""


@get("/renewals/{renewal_id:uuid}/ask", customer(Permission.ASK, link=True))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    return _page(visit, Shown.find(visit, renewal_id), "question")


@get("/renewals/{renewal_id:uuid}/invoice", customer(Permission.RENEW, link=True))
def show_invoice(visit: Visit, renewal_id: UUID) -> Answer:
    return _page(visit, Shown.find(visit, renewal_id), "invoice")


@post("/renewals/{renewal_id:uuid}/ask", customer(Permission.ASK, link=True))
def ask(visit: Visit, renewal_id: UUID) -> Answer:
    return _send(visit, renewal_id, "question", visit.request.form.get("message", ""))


@post("/renewals/{renewal_id:uuid}/invoice", customer(Permission.RENEW, link=True))
def ask_for_invoice(visit: Visit, renewal_id: UUID) -> Answer:
    form = visit.request.form
    more = {"po": form.get("po", "").strip()[:80], "billing_email": form.get("billing_email", "").strip()[:200]}
    return _send(visit, renewal_id, "invoice", form.get("message", "").strip() or "-", option=_wanted(visit), **more)


def _wanted(visit: Visit) -> str:
    """The content hash of the option to be invoiced, "" when none was chosen."""
    wanted = visit.request.form.get("option", "")
    return wanted if len(wanted) == HASH and wanted.isalnum() else ""


def _send(visit: Visit, renewal_id: UUID, purpose: str, words: str, **more: str) -> Answer:
    shown = Shown.find(visit, renewal_id)
    if len(words) > LONGEST:
        too_long = f"This is longer than {LONGEST:,} characters. Say it shorter, or send us a mail."
        return _page(visit, shown, purpose, status=422, message=too_long)
    try:
        shown.renewal.ask(purpose, words, by=visit.someone, at=visit.now, **more)
    except Malformed as trouble:
        return _page(visit, shown, purpose, status=422, message=str(trouble))
    return visit.go(f"/renewals/{renewal_id}", flash="asked")


def _page(visit: Visit, shown: Shown, purpose: str, *, status: int = 200, **trouble: str) -> Answer:
    typed = {field: visit.request.form.get(field, "") for field in FIELDS}
    return visit.page(
        "portal/ask.html", status=status, renewal=shown, purpose=purpose, option=_option(visit, shown, purpose),
        answer_by=next_workday(visit.today), typed=typed, trouble=trouble,
    )


def _option(visit: Visit, shown: Shown, purpose: str) -> Option | None:
    """What is to be invoiced."""
    wanted = visit.request.form.get("option") or visit.request.query.get("option", "")
    return shown.option(wanted) if purpose == "invoice" and shown.is_open else None
