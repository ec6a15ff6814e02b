"""Renewal: the page: value first, then the timeline, the ways to go on, and the act."""

from typing import Any
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get
from portal.shown import Shown, may, payers
from renewals.errors import NotFound
from renewals.permission import Permission
from renewals.policy import Policy, PolicyKind
from renewals.value import ACTIVE_USERS, HOURLY_COST, HOURS_SAVED, Figure


@get("/renewals/{renewal_id:uuid}", customer(Permission.VIEW, link=True))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    return page(visit, Shown.find(visit, renewal_id))


def page(visit: Visit, shown: Shown, *, status: int = 200, chosen: str = "", **trouble: str) -> Answer:
    """The page, after an error with what to mend and what was chosen."""
    is_open = shown.standing == "open"
    options = list(shown.choice.options) if is_open else []
    context: dict[str, Any] = {
        **story(shown),
        "renewal": shown,
        "standing": shown.standing,
        "options_on": shown.options_on,
        "payment_url": f"/renewals/{shown.id}/payment",
        "steps": shown.steps,
        "options": options,
        "recommended": shown.choice.options.recommended.value if is_open else "",
        "chosen": (chosen or shown.chosen()) if is_open else "",
        "names": shown.names if is_open else {},
        "card": shown.card_for(visit) if is_open else None,
        "has_card": shown.renewal.account.card_on_file is not None,
        "terms": shown.terms,
        "may": may(visit.someone),
        "payers": payers(visit.session, visit.someone),
        "trouble": trouble,
    }
    key = None if trouble else _key(visit, shown, context)
    return visit.page("portal/renewal.html", status=status, key=key, **context)


def _key(visit: Visit, shown: Shown, context: dict[str, Any]) -> tuple[object, ...]:
    """All that the page is made from: the same key is the same page. The form's token is not in it."""
    card = context["card"]
    return (
        "renewal", shown.id, shown.plan, shown.renews_on, shown.decide_by, shown.seats, shown.used, shown.owner_name,
        visit.today, visit.level, shown.standing, shown.choice.value.key, tuple(shown.steps), context["recommended"],
        tuple(option.content_hash for option in context["options"]), context["chosen"], tuple(context["names"].items()),
        card and (card.brand, card.last4), context["has_card"], shown.terms, tuple(context["may"].items()),
        tuple(context["payers"]),
    )


@get("/renewals/{renewal_id:uuid}/value", customer(Permission.VIEW, link=True))
def show_value(visit: Visit, renewal_id: UUID) -> Answer:
    shown = Shown.find(visit, renewal_id)
    figures = shown.choice.value.figures
    return visit.page("portal/value.html", renewal=shown, **story(shown), figures=figures, missing=_missing(figures))


@get("/renewals/{renewal_id:uuid}/price/{content_hash:str}", customer(Permission.VIEW, link=True))
def show_price(visit: Visit, renewal_id: UUID, content_hash: str) -> Answer:
    shown = Shown.find(visit, renewal_id)
    if not shown.choice.is_offered:
        raise NotFound
    option = shown.choice.option(content_hash)
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
    """The value story, or nothing when there is too little to claim, and the year in months."""
    value = shown.choice.value
    is_told = value.hours is not None
    return {
        "value": value if is_told else None, "hours": value.months(HOURS_SAVED) if is_told else None,
        "users": value.months(ACTIVE_USERS),
    }


def _missing(figures: Any) -> list[str]:
    """What the story would need and has not."""
    known: set[str] = {figure.metric for figure in figures if isinstance(figure, Figure)}
    return [metric for metric in (HOURS_SAVED, HOURLY_COST) if metric not in known]
