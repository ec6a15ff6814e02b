"""Preparing: how ready a renewal is, from what its company said and what we know of it."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pricing.money import Money
from renewals.activity import Activity, ActivityKind
from renewals.base import session_of
from renewals.billing import BillingDetails, PaysBy
from renewals.person import Person, Role
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import Quote
from renewals.readiness import FROM_DAYS, Facts, Finding, findings
from renewals.renewal import Renewal
from renewals.segment import Segment
from renewals.stake import BuyingRole, Stake

BY_THE_BUTTON = (Role.OWNER, Role.BUYER)
"""Who signs a small renewal by pressing its button."""
SIGNING = (BuyingRole.ECONOMIC_BUYER, BuyingRole.DECISION_MAKER)


def readiness(renewal: Renewal, segment: Segment | None, on: date, stakes: Iterable[Stake] = ()) -> list[Finding]:
    """Nothing before T-90, or once it is closed. `stakes` are ours: a customer's page goes without them.

    Units: `on` is the customer's day.
    """
    if not renewal.is_open or renewal.is_declined or renewal.days_left(on) > FROM_DAYS:
        return []
    return findings(facts_of(renewal, segment, stakes))


def facts_of(renewal: Renewal, segment: Segment | None, stakes: Iterable[Stake] = ()) -> Facts:
    """What they said of themselves comes before what they asked for, and that before what their contract shows."""
    session, account = session_of(renewal), renewal.account
    said = BillingDetails.of(session, account) or BillingDetails()
    wish = _invoice_wish(session, renewal)
    card, seems = account.card_on_file, _seems_to_pay_by(renewal, is_invoice_wished=wish is not None)
    asked = wish or {}
    return Facts(
        renews_on=renewal.renews_on, due=_due(session, renewal), pays_by=said.pays_by or seems,
        card_until=card.expires_on if card else None, tax_id=said.tax_id or "",
        billing_email=said.email or asked.get("billing_email", ""), needs_order=said.needs_order,
        order_number=said.order_number or asked.get("po", ""), order=said.order(account.currency),
        signers=_signers(session, renewal, segment, stakes),
    )


def _seems_to_pay_by(renewal: Renewal, *, is_invoice_wished: bool) -> PaysBy | None:
    """Days to pay are for an invoice; a card on file is there to be charged; else nobody knows."""
    if is_invoice_wished or renewal.term.net_days:
        return PaysBy.INVOICE
    return PaysBy.CARD if renewal.account.card_on_file else None


def _invoice_wish(session: Session, renewal: Renewal) -> dict[str, str] | None:
    """What stood in the newest wish to pay by invoice."""
    query = select(Activity.more).where(Activity.renewal_id == renewal.id, Activity.kind == ActivityKind.INVOICE)
    return session.scalars(query.order_by(Activity.id.desc()).limit(1)).first()


def _due(session: Session, renewal: Renewal) -> Money:
    """A year of what lies before them; of what they have while nothing does."""
    quote = Quote.before_customer(session, renewal.id)
    return Proposal.of(quote).per_year if quote else renewal.value


def _signers(
    session: Session, renewal: Renewal, segment: Segment | None, stakes: Iterable[Stake]
) -> tuple[bool, ...]:
    """Of everybody who may sign, whether they are still there."""
    by_role = {Role.SIGNER, *(BY_THE_BUTTON if segment is Segment.SMB else ())}
    by_stake = {stake.person_id for stake in stakes if set(SIGNING) & set(stake.parts)}
    people = session.scalars(select(Person).where(Person.account_id == renewal.account_id).order_by(Person.id))
    return tuple(one.active for one in people if by_role & set(one.roles) or one.id in by_stake)
