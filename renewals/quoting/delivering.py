"""Delivering: what a signed proposal gives besides its price becomes work, so that nobody has to ask for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from renewals.acceptance import Acceptance
from renewals.base import session_of
from renewals.plan.opening import AFTER_DAYS, catalogue_of, open_apart
from renewals.plan.task import Task
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState

TASK = "deliver_extras"


def promised(renewal: Renewal) -> Sequence[str]:
    """What they were given besides the price when they signed, by its names; nothing without a proposal."""
    signed = Acceptance.standing(renewal)
    if signed is None or signed.offer.quote_id is None:
        return ()
    known = Policy.named(session_of(renewal), signed.offer.policies[0]).content["extras"]
    return tuple(known[item["id"]]["name"] for item in signed.offer.content["extras"]["items"])


def open_delivery(renewal: Renewal, policies: Mapping[PolicyKind, Policy], *, at: datetime) -> Task | None:
    """Its work, once for a renewal that was won; none for a company that took this task out.

    Source: Playbook S, "Struktur Insentif Yang Berfungsi"; mission E8.
    """
    if renewal.state is not RenewalState.WON or not promised(renewal):
        return None
    before = select(Task.id).where(Task.renewal_id == renewal.id, Task.pattern == TASK)
    is_known = any(pattern.key == TASK for pattern in catalogue_of(policies[PolicyKind.TASKS]).patterns)
    if not is_known or session_of(renewal).scalar(before.limit(1)):
        return None
    due_on = max(renewal.renews_on, renewal.account.today(at)) + timedelta(days=AFTER_DAYS)
    return open_apart(session_of(renewal), renewal, TASK, policies, due_on=due_on, at=at)
