"""Oracle: what must be so after everything has settled, judged by the stand-in's own ledger and by the database."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import check
from app.demo.mailbox import Mail
from renewals import seal
from renewals.paper import Agreement, Document, DocumentKind
from renewals.payment import LIVE, Payment, PaymentState
from renewals.renewal import Renewal, RenewalState
from renewals.subscription import Term
from tests.world import Sandbox


def violations(session: Session, sandbox: Sandbox, mails: list[Mail], renewal: UUID) -> list[str]:
    """A sentence for each promise that is broken; the session may write, for the chain is sealed first."""
    seal.seal_events(session)
    session.flush()
    verdict = seal.verify(session)
    return [
        *_money(session, sandbox, renewal), *_deed(session, renewal), *_papers(session, sandbox, mails, renewal),
        *check.violations(session), *([verdict.fault] if verdict.fault else []),
    ]


def _money(session: Session, sandbox: Sandbox, renewal: UUID) -> list[str]:
    charges = sandbox.charges(renewal)
    attempts, paid, broken = Payment.of_renewal(session, renewal), _paid(session, renewal), []
    if len(charges) > 1:
        broken.append(f"{len(charges)} charges for one renewal.")
    if sorted(charge["amount"] for charge in charges) != sorted(one.amount_minor for one in paid):
        broken.append(f"{len(charges)} charges, {len(paid)} attempts that succeeded.")
    if {charge["metadata"]["attempt"] for charge in charges} != {str(one.id) for one in paid}:
        broken.append("What was charged is not what succeeded.")
    if len([one for one in attempts if one.state in LIVE]) > 1:
        broken.append("Two attempts are alive.")
    if [one for one in attempts if one.is_open]:
        broken.append("An attempt is still open.")
    return broken


def _deed(session: Session, renewal: UUID) -> list[str]:
    """Paid, agreed, one next term from the old end, and one next renewal: all of it or none."""
    record = session.get_one(Renewal, renewal)
    paid = int(bool(_paid(session, renewal)))
    won = int(record.state is RenewalState.WON)
    agreements = session.scalars(select(Agreement).where(Agreement.renewal_id == renewal)).all()
    terms = session.scalars(
        select(Term).join(Agreement, Agreement.id == Term.agreement_id).where(Agreement.renewal_id == renewal)
    ).all()
    following = session.scalar(
        select(func.count()).select_from(Renewal).where(Renewal.term_id.in_([term.id for term in terms]))
    )
    counts = (paid, won, len(agreements), len(terms), following)
    broken = [] if counts in ((0,) * 5, (1,) * 5) else [f"Paid, won, agreements, terms, renewals after it: {counts}."]
    if any(term.starts_on != record.renews_on for term in terms):
        broken.append("The next term does not begin where the old one ends.")
    return broken


def _papers(session: Session, sandbox: Sandbox, mails: list[Mail], renewal: UUID) -> list[str]:
    """For each payment one receipt, however often it was sent, one agreement and one numbered invoice."""
    paid = len(_paid(session, renewal))
    receipts = {mail.message_id for mail in mails if mail.kind == "receipt" and mail.about == str(renewal)}
    filed = session.scalars(select(Document.kind).where(Document.renewal_id == renewal)).all()
    kept = [filed.count(kind) for kind in (DocumentKind.AGREEMENT, DocumentKind.INVOICE)]
    counts = [len(receipts), len(sandbox.invoices(renewal)), *kept]
    return [] if counts == [paid] * 4 else [f"{paid} paid; receipts, Stripe's invoices, both papers: {counts}."]


def _paid(session: Session, renewal: UUID) -> list[Payment]:
    return [one for one in Payment.of_renewal(session, renewal) if one.state is PaymentState.SUCCEEDED]
