"""Approval: what waits for somebody's yes, the card it is decided on, and who decides while they are away."""

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from admin import region
from admin.form import day, somebody
from admin.quote import locked
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from renewals.clauses.early_exit import EarlyExit
from renewals.errors import Malformed, NotFound, NotYours
from renewals.permission import Permission
from renewals.person import Person
from renewals.quoting import deciding, waiting
from renewals.quoting.authority import either, writers
from renewals.quoting.card import Card
from renewals.quoting.delegation import Delegation
from renewals.quoting.review import Review

Act = Callable[[Review], object]
WORDS = ("words", "why_return", "why_refuse", "person")
ABSENCE = ("to", "from_on", "until_on")


@get("/admin/approvals", staff(Permission.APPROVE))
def show_all(visit: Visit) -> Answer:
    return _list(visit)


@post("/admin/approvals/absence", staff(Permission.APPROVE))
def lend(visit: Visit) -> Answer:
    """A colleague decides for some days."""
    form = visit.request.form
    try:
        to = somebody(_colleagues(visit), form.get("to", ""), "Choose who decides while you are away.", "to")
        from_on = day(form.get("from_on", ""), "Choose the first day.", "from_on")
        until_on = day(form.get("until_on", ""), "Choose the last day.", "until_on")
        Delegation.make(visit.session, to, from_on, until_on, by=visit.someone, at=visit.now)
    except Malformed as trouble:
        return _list(visit, status=422, **{trouble.field or "to": str(trouble)})
    return visit.go("/admin/approvals", flash="lent")


@post("/admin/approvals/absence/{delegation_id:uuid}/ending", staff(Permission.APPROVE))
def take_back(visit: Visit, delegation_id: UUID) -> Answer:
    lent = Delegation.find(visit.session, delegation_id)
    if lent.person_id != visit.someone.id:
        raise NotFound
    lent.end(visit.session, by=visit.someone, at=visit.now)
    return visit.go("/admin/approvals", flash="taken_back")


@get("/admin/approvals/{review_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, review_id: UUID) -> Answer:
    return _card(visit, visit.find(Review, review_id))


@post("/admin/approvals/{review_id:uuid}/grant", staff(Permission.APPROVE))
def grant(visit: Visit, review_id: UUID) -> Answer:
    return _decided(visit, review_id, lambda review: deciding.grant(review, **_now(visit)), flash="approved")


@post("/admin/approvals/{review_id:uuid}/envelope", staff(Permission.APPROVE))
def grant_envelope(visit: Visit, review_id: UUID) -> Answer:
    """A region beyond somebody's authority is said beside the form: they draw it smaller."""

    def act(review: Review) -> None:
        begun = deciding.around(review, **_now(visit))
        try:
            deciding.grant_envelope(review, region.drawn(begun, visit.request.form), **_now(visit))
        except NotYours as no:
            raise Malformed(str(no), "envelope") from None

    return _decided(visit, review_id, act, flash="envelope_granted")


@post("/admin/approvals/{review_id:uuid}/question", staff(Permission.APPROVE))
def question(visit: Visit, review_id: UUID) -> Answer:
    words = visit.request.form.get("words", "")
    return _done(
        visit, review_id, lambda review: deciding.question(review, words, **_now(visit)),
        to=f"/admin/approvals/{review_id}", flash="author_asked",
    )


@post("/admin/approvals/{review_id:uuid}/return", staff(Permission.APPROVE))
def give_back(visit: Visit, review_id: UUID) -> Answer:
    return _against(visit, review_id, deciding.give_back, "why_return", flash="returned")


@post("/admin/approvals/{review_id:uuid}/refusal", staff(Permission.APPROVE))
def refuse(visit: Visit, review_id: UUID) -> Answer:
    return _against(visit, review_id, deciding.refuse, "why_refuse", flash="refused")


@post("/admin/approvals/{review_id:uuid}/person", staff(Permission.APPROVE))
def name_another(visit: Visit, review_id: UUID) -> Answer:
    def act(review: Review) -> None:
        wanted = visit.request.form.get("person", "")
        person = somebody(_others(visit, review), wanted, "Choose who decides it.", "person")
        deciding.name_another(review, person, **_now(visit))

    return _decided(visit, review_id, act, flash="named")


def _now(visit: Visit) -> dict[str, Any]:
    return {"by": visit.someone, "at": visit.now}


def _against(visit: Visit, review_id: UUID, verb: Callable[..., None], field: str, *, flash: str) -> Answer:
    """A no of either kind, with the reason that stands in `field`."""

    def act(review: Review) -> None:
        verb(review, visit.request.form.get(field, ""), **_now(visit))

    return _decided(visit, review_id, act, flash=flash, reason=field)


def _decided(visit: Visit, review_id: UUID, act: Act, *, flash: str, **called: str) -> Answer:
    """And on to the next one that waits for them."""
    return _done(visit, review_id, act, to=None, flash=flash, **called)


def _done(visit: Visit, review_id: UUID, act: Act, *, to: str | None, flash: str, **called: str) -> Answer:
    """`called` is what the page calls a field of the verb, where another has its name."""
    review = visit.find(Review, review_id)
    locked(visit, review.quote_id)
    try:
        act(review)
    except Malformed as trouble:
        field = trouble.field or "reason"
        return _card(visit, review, status=422, **{called.get(field, field): str(trouble)})
    visit.session.flush()
    return visit.go(to or _next(visit), flash=flash)


def _next(visit: Visit) -> str:
    left = waiting.Piles.of(visit.session, visit.someone, visit.today).theirs
    return f"/admin/approvals/{left[0].first.id}" if left else "/admin/approvals"


def _colleagues(visit: Visit) -> list[Person]:
    return [one for one in Person.staff(visit.session) if one.id != visit.someone.id]


def _others(visit: Visit, review: Review) -> list[Person]:
    """Who else has the authority, but for whoever wrote it."""
    wrote = writers(visit.session, review.quote, review.offer)
    return [one for one in _colleagues(visit) if set(one.roles) & set(review.roles) and one.id not in wrote]


def _list(visit: Visit, *, status: int = 200, **trouble: str) -> Answer:
    session, someone, today = visit.session, visit.someone, visit.today
    piles = waiting.Piles.of(session, someone, today)
    return page(
        visit, "admin/approvals.html", here="approvals", status=status, trouble=trouble,
        mine=piles.theirs, others=piles.others, exits=EarlyExit.waiting_for(session, someone),
        lent=Delegation.by_person(session, someone, today), borrowed=Delegation.to_person(session, someone, today),
        colleagues=_colleagues(visit), typed=_typed(visit, ABSENCE), either=either,
    )


def _card(visit: Visit, review: Review, *, status: int = 200, **trouble: str) -> Answer:
    card = Card(visit.session, review, visit.someone, visit.now)
    mine = waiting.Piles.of(visit.session, visit.someone, visit.today).theirs
    return page(
        visit, "admin/approval.html", here="approvals", status=status, card=card, trouble=trouble,
        place=_place(mine, card), names=card.basis.choice, drawn=_drawn(visit, card), people=_people(visit, card),
        others=_others(visit, review), typed=_typed(visit, WORDS), either=either,
    )


def _place(mine: Sequence[waiting.Waiting], card: Card) -> SimpleNamespace | None:
    """2 of 3, while it is theirs to decide."""
    found = [number for number, one in enumerate(mine, 1) if one.version.id == card.version.id]
    return SimpleNamespace(number=found[0], of=len(mine)) if found else None


def _drawn(visit: Visit, card: Card) -> SimpleNamespace | None:
    """What stands in the envelope's form: what was typed, else just what is asked."""
    if card.authority is None:
        return None
    begun = deciding.around(card.review, **_now(visit))
    typed = visit.request.form
    return SimpleNamespace(begun=begun, fields=region.typed(typed) if "until" in typed else region.written(begun))


def _people(visit: Visit, card: Card) -> Mapping[UUID, Person]:
    """Whoever a review or its decision names, by key."""
    keys = {key for one in card.reviews for key in (one.decided_by, one.decided_for, one.asked_of) if key}
    return {key: visit.session.get_one(Person, key) for key in keys}


def _typed(visit: Visit, names: tuple[str, ...]) -> SimpleNamespace:
    return SimpleNamespace(**{name: visit.request.form.get(name, "") for name in names})
