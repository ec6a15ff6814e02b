"""Splitting: a bundle becomes a quote of the renewal and a quote of what is new, so that neither waits for the other.

The renewal must be locked.
"""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from pricing.deal import Deal
from renewals.base import session_of
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.opening import open_apart
from renewals.quoting.basis import Basis
from renewals.quoting.deciding import submit, submit_standing
from renewals.quoting.drafting import revise, write
from renewals.quoting.quote import Part, Quote

TASK = "expansion_pipeline"
"""The playbook's own: growth that is not in the renewal gets a person and a date."""
LATE = 30
"""Days before the renewal date by which both sides want to agree. Source: framework, "Kongsi Timeline"."""


class WhySplit(StrEnum):
    """What speaks for it. Source: framework, "Bila Untuk Menyimpan Mereka Berasingan"."""

    RED = "red"
    LATE = "late"


def is_bundle(quote: Quote, basis: Basis) -> bool:
    """Whether it can be split: it is for the renewal, still open, and holds something that they do not have."""
    holds = basis.new_in(basis.deal_of(quote.newest))
    return quote.is_live and quote.part is Part.RENEWAL and bool(holds)


def why_split(quote: Quote, basis: Basis) -> WhySplit | None:
    """Why a bundle should be split now, if anything speaks for it."""
    if not is_bundle(quote, basis):
        return None
    if basis.choice.facts.at_risk:
        return WhySplit.RED
    return WhySplit.LATE if basis.renewal.days_left(basis.on) <= LATE else None


def split(quote: Quote, *, owner: Person, revisit_on: date, by: Person, at: datetime) -> Quote:
    """One press: the renewal goes on as another version of this quote, what is new as a quote of its own, and somebody
    looks at it again on a day.

    Its envelopes stay with the renewal, and what they cover is not asked again; what is new is asked about anew.
    Returns: the quote of what is new. Raises: NotYours, NotNow, Malformed, DealError.
    Source: framework, "Bundling vs Pemisahan"; mission E10.
    """
    by.must(Permission.QUOTE)
    basis = Basis.of_quote(quote, at=at)
    _must_be_possible(quote, basis, owner, revisit_on)
    renewal, whole = quote.renewal, basis.deal_of(quote.newest)
    kept, new = _parts(whole, basis)
    revise(quote, kept, note="What is new is quoted apart", by=by, at=at)
    apart = Quote.begin(renewal, matrix=quote.matrix, part=Part.EXPANSION, by=by, at=at)
    write(apart, Basis.of_quote(apart, at=at), new, note=f"Split off from {quote.name}", by=by, at=at)
    submit(quote, by=by, at=at)
    submit_standing(apart, by=by, at=at)
    _keep_alive(quote, apart, basis, owner=owner, revisit_on=revisit_on, by=by, at=at)
    return apart


def _must_be_possible(quote: Quote, basis: Basis, owner: Person, revisit_on: date) -> None:
    quote.renewal.must_be_open()
    quote.must_be_live()
    if not is_bundle(quote, basis):
        raise NotNow(f"{quote.name} holds nothing new that could be quoted apart.")
    if revisit_on < basis.on:
        raise Malformed("Choose a day that has not gone by.", "revisit_on")
    if not owner.is_staff:
        raise Malformed("Choose somebody of the staff.", "owner")


def _parts(whole: Deal, basis: Basis) -> tuple[Deal, Deal]:
    """What they have goes on as it was asked; what is new has no bundle price any more, and comes with no extras."""
    new = basis.new_in(whole)
    kept = replace(whole, lines=tuple(line for line in whole.lines if line.product not in new))
    levers = tuple(lever for lever in whole.levers if lever == "term")
    apart = replace(
        whole, lines=tuple(line for line in whole.lines if line.product in new), levers=levers, sign_by=None,
        extras=(), bundle=False, clauses=(),
    )
    return kept, apart


def _keep_alive(
    quote: Quote, apart: Quote, basis: Basis, *, owner: Person, revisit_on: date, by: Person, at: datetime
) -> None:
    session, renewal = session_of(quote), quote.renewal
    Event.record(session, EventName.QUOTE_SPLIT, quote, by=by, at=at, number=quote.name, apart=apart.name)
    task = open_apart(session, renewal, TASK, basis.choice.policies, due_on=revisit_on, at=at, afterwards=True)
    task.due_on = revisit_on
    task.give_to(owner, by=by, at=at)
