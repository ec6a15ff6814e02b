"""Ask: a question to a person, or the wish to pay by invoice; both reach whoever looks after the renewal."""

from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.shown import Shown
from pricing.option import Option
from renewals.errors import Malformed
from renewals.inviting import ADDRESS
from renewals.permission import Permission
from renewals.workday import next_workday

FIELDS = ("message", "po", "billing_email")
ABOUT = ("seats", "call", "value", "leaving", "cancel")
"""What a page that leads here was about."""
LONGEST = 4000
"""Characters of a question; more is not cut off but asked to be said shorter."""
LONGEST_PO = 80
"""Characters of an order number."""


@get("/renewals/{renewal_id:uuid}/ask", customer(Permission.ASK, link=True))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    return _page(visit, Shown.find(visit, renewal_id), "question")


@get("/renewals/{renewal_id:uuid}/invoice", customer(Permission.RENEW, link=True))
def show_invoice(visit: Visit, renewal_id: UUID) -> Answer:
    return _page(visit, Shown.find(visit, renewal_id), "invoice")


@post("/renewals/{renewal_id:uuid}/ask", customer(Permission.ASK, link=True))
def ask(visit: Visit, renewal_id: UUID) -> Answer:
    shown, about = Shown.find(visit, renewal_id), _about(visit)
    return _send(visit, shown, "question", visit.request.form.get("message", ""), **{"about": about} if about else {})


@post("/renewals/{renewal_id:uuid}/invoice", customer(Permission.RENEW, link=True))
def ask_for_invoice(visit: Visit, renewal_id: UUID) -> Answer:
    """Raises: Stale when what was chosen is not offered any more."""
    shown, form = Shown.find(visit, renewal_id), visit.request.form
    po, email = form.get("po", "").strip(), form.get("billing_email", "").strip()
    if len(po) > LONGEST_PO:
        return _page(visit, shown, "invoice", status=422, po=f"An order number has {LONGEST_PO} characters at most.")
    if email and not ADDRESS.fullmatch(email.lower()):
        wrong = "This is not a mail address. It looks like name@company.com."
        return _page(visit, shown, "invoice", status=422, billing_email=wrong)
    more, option = {"po": po, "billing_email": email}, _option(visit, shown, "invoice")
    if option:
        more |= {"option": option.content_hash, "amount": str(option.due_now.minor), "currency": option.currency}
    return _send(visit, shown, "invoice", form.get("message", "").strip() or "-", **more)


def _send(visit: Visit, shown: Shown, purpose: str, words: str, **more: str) -> Answer:
    if len(words) > LONGEST:
        too_long = f"This is longer than {LONGEST:,} characters. Say it shorter, or send us a mail."
        return _page(visit, shown, purpose, status=422, message=too_long)
    try:
        shown.renewal.ask(purpose, words, by=visit.someone, at=visit.now, **more)
    except Malformed as trouble:
        return _page(visit, shown, purpose, status=422, message=str(trouble))
    return visit.go(f"/renewals/{shown.id}", flash="asked")


def _page(visit: Visit, shown: Shown, purpose: str, *, status: int = 200, **trouble: str) -> Answer:
    typed = {field: visit.request.form.get(field, "") for field in FIELDS}
    return visit.page(
        "portal/ask.html", status=status, renewal=shown, purpose=purpose, option=_option(visit, shown, purpose),
        about=_about(visit), answer_by=next_workday(visit.today), typed=typed,
        trouble=trouble,
    )


def _about(visit: Visit) -> str:
    """What the question is about, "" when nothing led here."""
    about = visit.request.form.get("about") or visit.request.query.get("about", "")
    return about if about in ABOUT else ""


def _option(visit: Visit, shown: Shown, purpose: str) -> Option | None:
    """What is to be invoiced."""
    wanted = visit.request.form.get("option") or visit.request.query.get("option", "")
    return shown.option(wanted) if purpose == "invoice" and shown.is_open else None
