"""Papers to print: Cedar Dental's year in dollars, and whatever a test makes of it."""

from datetime import UTC, date, datetime
from gettext import NullTranslations

import pytest

from app.html import Language
from app.locale import HouseWords
from gateways.document import Papers
from gateways.paper import (
    AgreementPaper,
    Change,
    ContractYear,
    Customer,
    Evidence,
    InvoiceLine,
    InvoicePaper,
    Paid,
    PricedLine,
    PriceStep,
    Tax,
    TermsText,
    Vendor,
)
from pricing.money import Money

CONTENT = "9f2c1b0e7d3a48561c0fe2b7a9d4563810fedcba98765432100123456789abcd"
TERMS = "0b7de5a2c4f19386e0d1c2b3a495867768594a3b2c1d0e9f8f7e6d5c4b3a2910"
LUMEN = Vendor("Lumen", "Lumen Software Pte. Ltd.", ("1 Harbour Walk", "Singapore 098585"), "201400000L")
CEDAR = Customer("Cedar Dental", "US", ("210 Cedar Street", "Chicago, IL 60601"))


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def printer() -> Papers:
    return Papers(lambda locale: Language(locale, NullTranslations(), HouseWords({})))


@pytest.fixture(scope="session")
def papers() -> Papers:
    return printer()


@pytest.fixture
def agreement() -> AgreementPaper:
    """Four more seats and online booking, one year, by card."""
    return AgreementPaper(
        number="A-2026-000123",
        made_at=datetime(2026, 8, 5, 9, 14, 11, tzinfo=UTC),
        vendor=LUMEN,
        customer=CEDAR,
        plan="Growth",
        lines=(
            PricedLine("Growth, seats", 24, usd("360.00"), usd("8640.00")),
            PricedLine("Online booking", 1, usd("576.00"), usd("576.00")),
        ),
        starts_on=date(2026, 9, 4),
        ends_on=date(2027, 9, 4),
        months=12,
        years=(ContractYear(usd("9216.00"), date(2026, 9, 4)),),
        total=usd("9216.00"),
        changes=(
            Change("Growth: 24 seats instead of 20", usd("1440.00")),
            Change("Online booking is added", usd("576.00")),
            Change("Reminders: the same for less", usd("-120.50")),
        ),
        steps=(
            PriceStep("What you have today: 20 × USD 360.00 a year", usd("7200.00")),
            PriceStep("More of it, at your own price: 4 × USD 360.00 a year", usd("1440.00")),
            PriceStep("Online booking, list price", usd("720.00")),
            PriceStep("Bought together: 20 % less, because it comes with the plan", usd("-144.00")),
            PriceStep("Together, before tax", usd("9216.00"), total=True),
        ),
        price_rules="price@1",
        terms=TermsText(
            "Terms of service of 1 July 2026",
            (
                "Lumen provides the products of your order for the term of your order.",
                "You pay the price of your order for each contract year in advance. Prices exclude taxes.",
                "Your order begins the day after your present term ends. It does not change the present term.",
                "You may tell us that you will not renew until the last day to decide that your order names.",
                "You may cancel a renewal and receive its price back within 14 days of paying it.",
                "Your data stay yours. We keep them for 30 days after your last term so that you can take them.",
            ),
            "terms@1",
            TERMS,
        ),
        evidence=Evidence(
            name="Ruth Tan",
            title="Practice owner",
            mail="ruth@cedar.example",
            at=datetime(2026, 8, 5, 9, 14, 7, tzinfo=UTC),
            known_by="code",
            ip="203.0.113.24",
            user_agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Safari/605.1.15",
            content_hash=CONTENT,
        ),
        payment=Paid(usd("9216.00"), date(2026, 8, 5), "Visa", "4242"),
        decline_by=date(2027, 8, 20),
    )


@pytest.fixture
def invoice() -> InvoicePaper:
    return InvoicePaper(
        number="LUMEN-0042",
        issued_on=date(2026, 8, 5),
        vendor=LUMEN,
        customer=CEDAR,
        lines=(
            InvoiceLine("Growth, seats, 4 September 2026 to 3 September 2027", 24, usd("8640.00")),
            InvoiceLine("Online booking, 4 September 2026 to 3 September 2027", None, usd("576.00")),
        ),
        total=usd("9216.00"),
        tax=Tax.EXCLUDED,
        starts_on=date(2026, 9, 4),
        ends_on=date(2027, 9, 4),
        payment=Paid(usd("9216.00"), date(2026, 8, 5), "Visa", "4242"),
        agreement="A-2026-000123",
    )
