"""Draft: the rules of ownership as somebody would have them, before they are published."""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pricing.money import Money, NotAnAmount
from renewals.errors import Malformed, NotNow
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.routing.kind import Model
from renewals.routing.ownership import OwnershipPolicy, check_ownership
from renewals.routing.routing import must_say_why


def draft_of(content: Mapping[str, Any], said: Mapping[str, str]) -> OwnershipPolicy:
    """The policy with what a form says: `model`, `amount.large.USD`, `credit.hybrid.large.ae`; the rest stays.

    Raises: Malformed, naming the field.
    """
    draft = copy.deepcopy(dict(content))
    if model := said.get("model"):
        if model not in {each.value for each in Model}:
            raise Malformed("Choose one of the four models.", "model")
        draft["model"] = model
    for name, by_currency in draft["amounts"].items():
        for currency in by_currency:
            if text := said.get(f"amount.{name}.{currency}", "").strip():
                by_currency[currency] = _minor(text, currency, f"amount.{name}.{currency}")
    for model, rules in draft["models"].items():
        for rule in rules:
            for role in rule["credit"]:
                if text := said.get(f"credit.{model}.{rule['key']}.{role}", "").strip():
                    rule["credit"][role] = _percent(text, f"credit.{model}.{rule['key']}.{role}")
    return check_ownership(draft)


def publish(
    session: Session, draft: OwnershipPolicy, base: str, reason: str, *, by: Person, at: datetime
) -> Policy:
    """From today on; open renewals are routed anew. `base` is the version that its author saw in force.

    Raises: NotYours, Malformed, Stale, NotNow when nothing changes.
    """
    by.must(Permission.PUBLISH_ROUTING)
    words = must_say_why(reason)
    Policy.must_be_in_force(session, base, [PolicyKind.OWNERSHIP], at.date())
    if draft.content == Policy.in_force(session, PolicyKind.OWNERSHIP, at.date()).content:
        raise NotNow("Nothing is another than it is already.")
    return Policy.publish(
        session, PolicyKind.OWNERSHIP, dict(draft.content), begins_on=at.date(), reason=words, by=by, at=at
    )


def _minor(text: str, currency: str, field: str) -> int:
    try:
        return Money.parse(text.replace(",", ""), currency).minor
    except NotAnAmount:
        raise Malformed(f"This is no amount in {currency}. Write it like 50000.", field) from None


def _percent(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Malformed("A share is a whole number of percent.", field)
    return int(text)
