"""An invoice is made out to whom they say, at Stripe and on our paper alike, whoever of both sides wrote it down."""

from sqlalchemy import select

from renewals.account import Account
from renewals.billed import Billed
from renewals.event import Event, EventName
from renewals.paper import Document, DocumentKind, Invoice
from renewals.payment import Payment
from tests.gateways.reading import text_of
from tests.money.parties import RUTH
from tests.quoting.desk import MAYA
from tests.web.guest import known
from tests.world import World

FORM = {
    "pays_by": "card", "email": "bills@cedar-dental.example", "name": "Cedar Dental Group Inc.",
    "address": "12 Cedar Row\r\nAustin, TX 78701", "tax_id": "12-3456789", "needs_order": "yes",
    "order_number": "PO-4711", "order": "9,999.00",
}


def written_down(world: World, **changes: str) -> int:
    """By one of us, on their account's page."""
    path = f"/admin/accounts/{world.person(RUTH).account_id}/billing"
    return known(world, world.person(MAYA)).post(path, FORM | changes).status_code


def renewed(world: World) -> Invoice:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)
    world.work()
    with world.reading() as session:
        return session.scalars(select(Invoice).where(Invoice.renewal_id == renewal)).one()


def paper_of(world: World, invoice: Invoice) -> str:
    with world.reading() as session:
        kept = session.scalars(
            select(Document).where(Document.renewal_id == invoice.renewal_id, Document.kind == DocumentKind.INVOICE)
        ).one()
        return text_of(kept.content)


def test_stripes_invoice_and_our_paper_are_made_out_to_the_same(world: World) -> None:
    assert written_down(world) == 303

    invoice = renewed(world)

    stripes, ours = world.sandbox.ask(f"invoices/{invoice.stripe_id}"), paper_of(world, invoice)
    assert stripes["customer_name"] == "Cedar Dental Group Inc."
    assert stripes["customer_address"]["line1"] == "12 Cedar Row"
    assert stripes["customer_email"] == "bills@cedar-dental.example"
    assert [one["value"] for one in stripes["custom_fields"]] == ["12-3456789", "PO-4711"]
    for words in ("Cedar Dental Group Inc.", "12 Cedar Row", "Austin, TX 78701", "12-3456789", "PO-4711"):
        assert words in ours


def test_what_is_changed_after_stripe_was_asked_changes_neither(world: World) -> None:
    written_down(world)
    invoice = renewed(world)

    written_down(world, name="Somebody Else Ltd.")

    with world.reading() as session:
        payment = session.get_one(Payment, invoice.payment_id)
        asked_again = Billed.of(payment, Account.find(session, payment.account_id))
    assert asked_again.name == "Cedar Dental Group Inc."


def test_the_log_says_who_wrote_which_part_and_not_what_stood_there(world: World) -> None:
    written_down(world)

    with world.reading() as session:
        event = session.scalars(select(Event).where(Event.name == EventName.BILLING_CHANGED)).one()
    assert (event.by_id, "name" in event.details["fields"]) == (world.person(MAYA).id, True)
    assert "Cedar Dental Group" not in str(event.details)


def test_an_address_that_fits_no_invoice_is_said_beside_its_field(world: World) -> None:
    assert written_down(world, address="\n".join("abcde")) == 422
