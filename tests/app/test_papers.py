"""What was agreed stays as it was agreed, whatever anybody is called later."""

import hashlib
from copy import deepcopy
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from app.papers import printed
from renewals.account import Account
from renewals.paper import Agreement, Document, DocumentKind
from renewals.person import Person
from renewals.policy import Policy, PolicyKind, shipped
from renewals.renewal import Renewal
from renewals.subscription import Subscription
from tests.gateways.reading import text_of
from tests.money.parties import RUTH
from tests.world import World

LATER = datetime(2026, 8, 6, 9, tzinfo=UTC)


def renewed(world: World) -> UUID:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)
    world.work()
    return renewal


def rename_everything(world: World) -> None:
    """The customer, their buyer, the plan, the vendor and the terms."""
    prices = deepcopy(shipped(PolicyKind.PRICE))
    for product in prices["catalogue"].values():
        product["name"] = f"New {product['name']}"
    terms = deepcopy(shipped(PolicyKind.TERMS)) | {"title": {"en": "Other terms", "ms": "Terma lain"}}
    vendor = shipped(PolicyKind.VENDOR) | {"legal_name": "Another Pte. Ltd."}
    with world.writing() as session:
        for kind, content in ((PolicyKind.PRICE, prices), (PolicyKind.TERMS, terms), (PolicyKind.VENDOR, vendor)):
            Policy.publish(session, kind, content, begins_on=LATER.date(), reason="Renamed.", by=None, at=LATER)
        account = session.scalars(select(Account).where(Account.external_id == "cedar-dental")).one()
        account.name, account.locale, account.country = "Cedar Group", "ms", "CA"
        session.scalars(select(Person).where(Person.email == RUTH)).one().name = "Ruth Somebody"
        session.scalars(select(Subscription).where(Subscription.account_id == account.id)).one().plan = "platform"
    world.stand_at(LATER.date())


def test_an_agreement_printed_again_after_everything_was_renamed_has_the_same_bytes(world: World) -> None:
    renewal = renewed(world)
    rename_everything(world)

    with world.reading() as session:
        agreement = session.scalars(select(Agreement).where(Agreement.renewal_id == renewal)).one()
        filed = session.get_one(Document, agreement.document_id)
        again = printed(world.house, agreement)
        assert session.get_one(Renewal, renewal).account.name == "Cedar Group"
        assert again == filed.content
        assert hashlib.sha256(again).hexdigest() == filed.sha256
    text = text_of(again)
    assert "Cedar Dental" in text and "Ruth Calder" in text and "Terms of service of 1 January 2026" in text
    assert not any(word in text for word in ("Cedar Group", "Ruth Somebody", "Other terms", "Another Pte", "New "))


def test_the_first_print_says_what_was_agreed_even_when_the_name_changed_before_it(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)  # won; nothing is printed yet
    rename_everything(world)
    world.work()

    with world.reading() as session:
        wanted = select(Document).where(Document.renewal_id == renewal, Document.kind == DocumentKind.AGREEMENT)
        paper = session.scalars(wanted).one()
        assert "Cedar Dental" in text_of(paper.content)
        assert "Cedar Group" not in text_of(paper.content)
