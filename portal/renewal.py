"""Renewal: the page: value first, then the timeline, the ways to go on, and the act."""

from typing import Any
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get
from portal.shown import Shown
from renewals.errors import NotFound
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.value import ACTIVE_USERS, HOURLY_COST, HOURS_SAVED, Figure, ValueStory


@get("/renewals/{renewal_id:uuid}", customer(Permission.VIEW, link=True))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    return page(visit, Shown.find(visit, renewal_id))


def page(visit: Visit, shown: Shown, *, status: int = 200, chosen: str = "", **trouble: str) -> Answer:
    """The page, after an error with what to mend and what was chosen."""
    context: dict[str, Any] = {
        **story(shown),
        **(_offered(visit, shown, chosen) if shown.is_open else NOTHING_OFFERED),
        "renewal": shown,
        "standing": shown.standing,
        "marks": shown.marks,
        "shared": shown.shared,
        "terms": shown.terms,
        "may": {
            "renew": visit.someone.may(Permission.RENEW), "decline": visit.someone.may(Permission.DECLINE),
            "bill": visit.someone.may(Permission.KEEP_BILLING),
        },
        "trouble": trouble,
    }
    key = None if trouble else _key(visit, shown, context)
    return visit.page("portal/renewal.html", status=status, key=key, **context)


NOTHING_OFFERED: dict[str, Any] = {
    "options": [], "recommended": "", "chosen": "", "names": {}, "card": None, "has_card": False, "payers": [],
}


def _offered(visit: Visit, shown: Shown, chosen: str) -> dict[str, Any]:
    """The ways to go on, and what the button takes."""
    return {
        "options": list(shown.options),
        "recommended": shown.recommended.tier.value,
        "chosen": shown.option(chosen).content_hash,
        "names": shown.names,
        "card": shown.card_for(visit),
        "has_card": shown.renewal.account.card_on_file is not None,
        "payers": payers(visit),
    }


def payers(visit: Visit) -> list[str]:
    """Who at the company can renew, for those who can not."""
    if visit.someone.may(Permission.RENEW):
        return []
    colleagues = visit.session.scalars(Person.colleagues_of(visit.someone))
    return [colleague.name for colleague in colleagues if colleague.may(Permission.RENEW)]


def _key(visit: Visit, shown: Shown, context: dict[str, Any]) -> tuple[object, ...]:
    """All that the page is made from: the same key is the same page. The form's token is not in it."""
    card = context["card"]
    return (
        "renewal", shown.id, shown.plan, shown.renews_on, shown.decide_by, shown.options_on, shown.seats, shown.used,
        shown.renews_by_itself and shown.mandate is not None, shown.renews_by_itself,
        shown.owner.name, visit.today, visit.level, shown.standing, shown.charge, shown.invoice_wish,
        shown.choice.value.key,
        tuple(context["marks"]), shown.shared.key, tuple(option.content_hash for option in context["options"]),
        context["recommended"], context["chosen"], _sent(shown), tuple(shown.to_settle), _fewer(shown),
        shown.apart and shown.apart.id, shown.preliminary and shown.preliminary.id, shown.is_negotiated,
        tuple(context["names"].items()), card and (card.brand, card.last4), context["has_card"],
        shown.terms.content_hash, tuple(context["may"].items()), tuple(context["payers"]),
    )


def _fewer(shown: Shown) -> tuple[object, ...]:
    """What the page says of seats that nobody uses."""
    advice = shown.right_size
    return (advice.used, advice.held, advice.suggested, advice.saves) if advice else ()


def _sent(shown: Shown) -> tuple[object, ...]:
    """What the page says of the proposal that was sent."""
    if shown.proposal is None:
        return ()
    quote = shown.proposal.quote
    return quote.id, quote.state, quote.turn, quote.answer_by, quote.valid_until, shown.proposal.content_hash


@get("/renewals/{renewal_id:uuid}/value", customer(Permission.VIEW, link=True))
def show_value(visit: Visit, renewal_id: UUID) -> Answer:
    shown = Shown.find(visit, renewal_id)
    figures = shown.choice.value.figures
    return visit.page("portal/value.html", renewal=shown, **story(shown), figures=figures, missing=_missing(figures))


@get("/renewals/{renewal_id:uuid}/price/{content_hash:str}", customer(Permission.VIEW, link=True))
def show_price(visit: Visit, renewal_id: UUID, content_hash: str) -> Answer:
    shown = Shown.find(visit, renewal_id)
    if not shown.options:
        raise NotFound
    option = shown.chosen(content_hash)
    return visit.page(
        "portal/price.html", renewal=shown, option=option, trace=option.trace.public_part(), names=shown.names
    )


@get("/terms", customer(Permission.VIEW, link=True))
def show_terms(visit: Visit) -> Answer:
    policy = Policy.in_force(visit.session, PolicyKind.TERMS, visit.today)
    return visit.page(
        "portal/terms.html", title=policy.content["title"][visit.locale],
        paragraphs=policy.content["text"][visit.locale],
        name=policy.name, content_hash=policy.content_hash, begins_on=policy.begins_on,
    )


def story(shown: Shown) -> dict[str, Any]:
    return story_of(shown.choice.value)


def story_of(value: ValueStory) -> dict[str, Any]:
    """The value story, or nothing when there is too little to claim, and the year in months."""
    told = value if value.hours else None
    hours = value.months(HOURS_SAVED) if told else None
    return {"value": told, "hours": hours, "users": value.months(ACTIVE_USERS)}


def _missing(figures: Any) -> list[str]:
    """What the story would need and has not."""
    known: set[str] = {figure.metric for figure in figures if isinstance(figure, Figure)}
    return [metric for metric in (HOURS_SAVED, HOURLY_COST) if metric not in known]
