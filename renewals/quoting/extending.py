"""Extending: products are added to a term that runs: a quote of what is new alone, that ends with the term."""

from datetime import datetime

from pricing.deal import Deal, DealLine
from pricing.multiyear import Shape
from pricing.term import YEAR
from renewals.addition import must_take
from renewals.base import session_of
from renewals.clauses.signed import Signed
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.quoting.basis import Basis
from renewals.quoting.deciding import submit_standing
from renewals.quoting.drafting import write
from renewals.quoting.quote import Part, Quote
from renewals.renewal import Renewal


def extend(renewal: Renewal, line: DealLine, *, by: Person, at: datetime) -> Quote:
    """A quote under the renewal by which the term was signed, whatever is negotiated about the next one; ready to be
    sent where nobody has to be asked. `renewal` is the one that replaces the term.

    Raises: NotYours, NotNow, DealError. Source: mission E4, "add products mid-term (co-termed, prorated)".
    """
    by.must(Permission.QUOTE)
    session, signed = session_of(renewal), Signed.of(renewal)
    must_take(signed, renewal.account.today(at))
    won = Renewal.find(session, signed.acceptance.renewal_id, lock=True)
    matrix = Policy.in_force(session, PolicyKind.MATRIX, at.date()).name
    quote = Quote.begin(won, matrix=matrix, part=Part.EXPANSION, by=by, at=at)
    write(quote, Basis.of_quote(quote, at=at), as_signed(signed, line), note="Added to the term", by=by, at=at)
    submit_standing(quote, by=by, at=at)
    return quote


def as_signed(signed: Signed, line: DealLine) -> Deal:
    """For as long as the term, along the same price path, and paid as the term is."""
    term, before = signed.term, signed.offer.content.get("deal", {})
    shape = Shape(before.get("shape") or Shape.FIXED) if term.months > YEAR else None
    kept = Shape.FIXED if shape is Shape.OVERAGE else shape
    return Deal(
        lines=(line,), months=term.months, shape=kept, rise=signed.rise if kept is Shape.ESCALATING else 0,
        net_days=term.net_days, billing=term.billing, prepaid=before.get("prepaid", False), bundle=False,
    )
