"""Foreseeing: the day on which a customer is told what a negotiated renewal may come to, before anything is offered."""

from renewals.plan.action import Action
from renewals.plan.turn import Turn
from renewals.quoting.preliminary import PreliminaryTerms
from renewals.quoting.quote import Quote


def foresee(turn: Turn, action: Action) -> str:
    """Freeze what they may see; says what holds it back, if anything does. Source: timeline, "Syarat Renewal Awal"."""
    renewal = turn.renewal
    if turn.rule(action) is None:
        return "The policy does not ask for it any more."
    if not renewal.is_open or renewal.is_declined:
        return "The renewal is closed." if not renewal.is_open else "They told us that they will not renew."
    if Quote.before_customer(turn.session, renewal.id):
        return "A proposal was sent already."
    PreliminaryTerms.freeze(renewal, action.milestone, at=turn.at)
    return ""
