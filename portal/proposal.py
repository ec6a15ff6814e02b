"""Proposal: what lies before a customer, and the four things they can say to it: yes, a word, something else, or no."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gateways.browser import Answer, Level, Visit, customer, get, post
from gateways.proposal import Status
from portal import wish
from portal.machine import status_of, told
from portal.renewal import payers, story_of
from portal.shown import Shown, Standing
from pricing.deal import DealError
from pricing.wish import Room, Wish
from renewals.accepting import Yes
from renewals.account import Card
from renewals.errors import Malformed, NotFound, Stale
from renewals.paper import Document
from renewals.permission import Permission
from renewals.quoting import negotiating
from renewals.quoting.joining import Joining
from renewals.quoting.proposal import Proposal, Rounds, is_theirs
from renewals.quoting.quote import Quote, Side
from renewals.quoting.wishing import WhatIf, Wishing

DATA = ".json"


@get("/proposals/{quote_id:str}", customer(Permission.VIEW, link=True))
def show(visit: Visit, quote_id: str) -> Answer:
    """The page; with `.json` at its end, the same for programs."""
    shown, proposal = _find(visit, _key(quote_id.removesuffix(DATA)))
    if quote_id.endswith(DATA):
        visit.needs_code()
        openings = visit.openings(proposal, shown.renewal.account.locale)
        return Answer(body=told(proposal, openings, visit.today), content_type="application/json")
    return _page(visit, shown, proposal)


@get("/proposals/{quote_id:uuid}/pdf", customer(Permission.VIEW))
def download(visit: Visit, quote_id: UUID) -> Answer:
    _, proposal = _find(visit, quote_id)
    name = f'attachment; filename="{proposal.quote.name}-{proposal.number}.pdf"'
    return Answer(
        body=visit.printed(proposal), content_type="application/pdf", headers={"Content-Disposition": name}
    )


@get("/proposals/{quote_id:uuid}/board", customer(Permission.VIEW, link=True))
def show_board(visit: Visit, quote_id: UUID) -> Answer:
    """The levers; once they were moved, the price answers. Nothing is written."""
    shown, proposal = _find(visit, quote_id)
    if not proposal.quote.can_be_answered(visit.today):
        return visit.go(f"/proposals/{quote_id}")
    return _board(visit, shown, proposal)


@post("/proposals/{quote_id:uuid}/acceptance", customer(Permission.RENEW))
def accept(visit: Visit, quote_id: UUID) -> Answer:
    def say(shown: Shown, proposal: Proposal) -> None:
        form = visit.request.form
        if form.get("terms") is None:
            raise Malformed("Tick that you accept the terms, then press the button again.", "terms")
        yes = Yes(form.get("content", ""), shown.terms, form["terms"], visit.evidence)
        negotiating.take(proposal.quote, yes, by=visit.someone, at=visit.now)

    return _said(visit, quote_id, say)


@post("/proposals/{quote_id:uuid}/remarks", customer(Permission.ASK))
def remark(visit: Visit, quote_id: UUID) -> Answer:
    def say(shown: Shown, proposal: Proposal) -> None:
        form = visit.request.form
        negotiating.remark(
            proposal.quote, form.get("words", ""), product=form.get("product", ""), by=visit.someone, at=visit.now
        )

    return _said(visit, quote_id, say, flash="said")


@post("/proposals/{quote_id:uuid}/refusal", customer(Permission.NEGOTIATE))
def decline(visit: Visit, quote_id: UUID) -> Answer:
    def say(shown: Shown, proposal: Proposal) -> None:
        proposal.quote.must_still_show(visit.request.form.get("content", ""))
        negotiating.decline(proposal.quote, visit.request.form.get("reason", ""), by=visit.someone, at=visit.now)

    return _said(visit, quote_id, say)


@post("/proposals/{quote_id:uuid}/counter", customer(Permission.NEGOTIATE))
def counter(visit: Visit, quote_id: UUID) -> Answer:
    """Exactly what the board answered."""
    shown, proposal = _find(visit, quote_id, lock=True)
    form, quote = visit.request.form, proposal.quote
    try:
        quote.must_still_show(form.get("content", ""))
        wishing = _wishing(visit, proposal)
        wanted = wishing.deal_of(_wish(visit, proposal, wishing.room))
        negotiating.counter(quote, wanted, wish.words_of(form), by=visit.someone, at=visit.now)
    except Stale as trouble:
        return _page(visit, shown, proposal, status=409, stale=str(trouble))
    except (Malformed, DealError) as trouble:
        return _board(visit, shown, proposal, status=422, **_beside(trouble))
    return visit.go(f"/proposals/{quote_id}")


def _said(visit: Visit, quote_id: UUID, say: Callable[[Shown, Proposal], None], *, flash: str | None = None) -> Answer:
    """What could not be understood is said where it was typed; an older version's form gets the newer page."""
    shown, proposal = _find(visit, quote_id, lock=True)
    try:
        say(shown, proposal)
    except Stale as trouble:
        return _page(visit, shown, proposal, status=409, stale=str(trouble))
    except Malformed as trouble:
        return _page(visit, shown, proposal, status=422, **_beside(trouble))
    return visit.go(f"/proposals/{quote_id}", flash=flash)


def _find(visit: Visit, key: UUID, *, lock: bool = False) -> tuple[Shown, Proposal]:
    """What was sent; locked, whatever is said to it comes one after another. Raises: NotFound."""
    quote = visit.find(Quote, key)
    shown = Shown.find(visit, quote.renewal_id, lock=lock)
    if lock:
        visit.session.refresh(quote)
    return shown, Proposal.of(quote)


def _key(word: str) -> UUID:
    """Raises: NotFound for what is no key."""
    try:
        return UUID(word)
    except ValueError:
        raise NotFound from None


def _wishing(visit: Visit, proposal: Proposal) -> Wishing:
    return Wishing(proposal.quote, proposal.version, visit.now)


def _wish(visit: Visit, proposal: Proposal, room: Room) -> Wish:
    return wish.wish_of(visit.request.form or visit.request.query, proposal.deal, room, proposal.currency)


def _beside(trouble: Malformed | DealError) -> dict[str, str]:
    """A deal's part by the name of its field."""
    field = (trouble.field or "words").removesuffix(".quantity").replace("lines.", "seats-")
    return {field: str(trouble)}


def _page(visit: Visit, shown: Shown, proposal: Proposal, *, status: int = 200, **trouble: str) -> Answer:
    form, rounds = visit.request.form, Rounds.of(proposal)
    before = rounds.known_as(form.get("content", "")) if "stale" in trouble else rounds.before
    typed = {name: form.get(name, "") for name in ("words", "reason", "product")}
    return visit.page(
        "portal/proposal.html", status=status, **_shared(visit, shown, proposal), **story_of(proposal.value),
        rounds=rounds, openings=visit.openings(proposal, visit.locale), before=before,
        since=proposal.since(before) if before else None,
        what=_as_it_is(visit, proposal, _wishing(visit, proposal)),
        framing=proposal.framing(shown.choice.facts.growth.bps), documents=_documents(visit, shown),
        successor=_successor(visit, proposal), payers=payers(visit), is_theirs=is_theirs, typed=typed, trouble=trouble,
    )


def _board(visit: Visit, shown: Shown, proposal: Proposal, *, status: int = 200, **trouble: str) -> Answer:
    """Before anything was moved the levers stand as in the proposal, and nothing is asked."""
    form = visit.request.form or visit.request.query
    wishing, is_moved = _wishing(visit, proposal), "months" in form
    room, what = wishing.room, None
    if is_moved and not trouble:
        try:
            what = wishing.what_if(_wish(visit, proposal, room))
        except (Malformed, DealError) as sorry:
            status, trouble = 422, _beside(sorry)
    return visit.page(
        "portal/board.html", status=status, **_shared(visit, shown, proposal),
        what=what or _as_it_is(visit, proposal, wishing), is_answered=what is not None, room=room,
        ways=wish.WAYS_TO_PAY, typed=wish.typed(form, proposal.deal), trouble=trouble,
        horizon=wishing.horizon,
    )


def _shared(visit: Visit, shown: Shown, proposal: Proposal) -> dict[str, Any]:
    quote, by = proposal.quote, visit.someone
    status = status_of(proposal, visit.today)
    surely = visit.level is Level.CODE and status is Status.OPEN
    return {
        "renewal": shown, "proposal": proposal, "quote": quote, "standing": status.value, "terms": shown.terms,
        "joining": Joining.of(proposal, visit.today), "card": _card(visit, shown),
        "is_yours": quote.turn is Side.THEIRS, "zone": shown.renewal.account.zone,
        "may": {
            "accept": surely and by.may(Permission.RENEW),
            "answer": surely and by.may(Permission.NEGOTIATE),
            "ask": surely and by.may(Permission.ASK),
            "forward": visit.level is Level.CODE and by.may(Permission.FORWARD),
        },
    }


def _card(visit: Visit, shown: Shown) -> Card | None:
    """With what the first instalment can be paid at once, after it was agreed and before anybody paid."""
    may_pay = shown.standing is Standing.AGREED and visit.someone.may(Permission.RENEW)
    return shown.card_for(visit) if may_pay else None


def _as_it_is(visit: Visit, proposal: Proposal, wishing: Wishing) -> WhatIf | None:
    """What each lever would earn from where it stands; None when nothing can be moved any more."""
    if not proposal.quote.can_be_answered(visit.today):
        return None
    return wishing.as_it_is


def _documents(visit: Visit, shown: Shown) -> list[Document]:
    if visit.level is not Level.CODE or not visit.someone.may(Permission.READ_DOCUMENTS):
        return []
    return list(visit.session.scalars(Document.of_renewal(visit.someone, shown.id)))


def _successor(visit: Visit, proposal: Proposal) -> Quote | None:
    """The proposal that took the place of one that ended."""
    latest = Quote.before_customer(visit.session, proposal.quote.renewal_id, proposal.quote.part)
    return latest if latest and latest.id != proposal.quote.id and not proposal.quote.is_live else None
