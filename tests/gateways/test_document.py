"""Papers: what a customer holds in the hand says exactly what was agreed and paid."""

import re
from dataclasses import replace
from datetime import date

import pytest

from gateways.document import Papers
from gateways.paper import AgreementPaper, ContractYear, InvoiceLine, InvoicePaper, Owed, PricedLine, Tax
from pricing.money import Money
from tests.gateways.conftest import CONTENT, TERMS, usd
from tests.gateways.reading import pages_of, text_of


def priced_in(agreement: AgreementPaper, price: Money) -> AgreementPaper:
    return replace(
        agreement, lines=(PricedLine("Growth", 1, price, price),), years=(ContractYear(price, date(2026, 9, 4)),),
        total=price, changes=(), steps=(), payment=Owed(price, date(2026, 9, 4)),
    )


def test_the_agreement_says_everything_that_was_agreed(papers: Papers, agreement: AgreementPaper) -> None:
    text = text_of(papers.agreement(agreement, "en"))

    for said in (
        "Growth, renewed until 3 September 2027",
        "Lumen Software Pte. Ltd. provides Growth to Cedar Dental for 12 months, "
        "from 4 September 2026 to 3 September 2027, at USD 9,216.00 excluding tax.",
        "Registration 201400000L",
        "Chicago, IL 60601 United States",
        "Growth, seats 24 360.00 8,640.00",
        "Together, a full year 9,216.00",
        "Year 1, 4 September 2026 to 3 September 2027 4 September 2026 9,216.00",
        "USD 9,216.00 was paid on 5 August 2026 with Visa ending 4242.",
        "Growth: 24 seats instead of 20 +1,440.00",
        "Reminders: the same for less −120.50",
        "Bought together: 20 % less, because it comes with the plan −144.00",
        "price rules price@1",
        "tell us by Friday, 20 August 2027 at the latest",
        "Terms of service of 1 July 2026",
        "6 Your data stay yours.",
        f"Version terms@1 SHA-256 {TERMS}",
    ):
        assert said in text


def test_the_agreement_is_written_in_malay_for_who_reads_malay(papers: Papers, agreement: AgreementPaper) -> None:
    text = text_of(papers.agreement(agreement, "ms"))

    for said in (
        "Growth, diperbaharui hingga 3 September 2027",
        "menyediakan Growth kepada Cedar Dental selama 12 bulan",
        "Amerika Syarikat",
        "USD 9,216.00 telah dibayar pada 5 Ogos 2026 dengan Visa berakhir 4242.",
        "maklumkan kepada kami selewat-lewatnya pada Jumaat, 20 Ogos 2027.",
        "Sijil penerimaan",
        "Kod sekali guna yang dihantar ke alamat e-mel ini",
        "Halaman 3 daripada 3",
    ):
        assert said in text


def test_the_certificate_stands_on_its_own_last_page(papers: Papers, agreement: AgreementPaper) -> None:
    *before, certificate = pages_of(papers.agreement(agreement, "en"))

    assert not any("Certificate of acceptance" in page for page in before)
    for said in (
        "Ruth Tan accepted agreement A-2026-000123 for Cedar Dental on 5 August 2026, 09:14:07 UTC.",
        "Position Practice owner",
        "ruth@cedar.example",
        "A one-time code mailed to this address",
        "203.0.113.24",
        "Macintosh; Intel Mac OS X 14_5",
        f"SHA-256 of the terms {TERMS}",
        CONTENT,
    ):
        assert said in certificate


def test_the_invoice_says_what_was_charged_and_paid(papers: Papers, invoice: InvoicePaper) -> None:
    text = text_of(papers.invoice(invoice, "en"))

    for said in (
        "Invoice LUMEN-0042",
        "Invoice for USD 9,216.00",
        "USD 9,216.00 was paid on 5 August 2026 with Visa ending 4242.",
        "Period 4 September 2026 to 3 September 2027",
        "4 September 2026 to 3 September 2027 24 8,640.00",
        "Total, tax excluded 9,216.00",
        "Renewal agreement A-2026-000123",
    ):
        assert said in text


def test_an_invoice_without_tax_says_so_with_a_zero(papers: Papers, invoice: InvoicePaper) -> None:
    text = text_of(papers.invoice(replace(invoice, tax=Tax.ZERO, purchase_order="PO 7/2026"), "ms"))

    assert "Sebelum cukai 9,216.00 Cukai, 0 % 0.00 Jumlah 9,216.00" in text
    assert "Nombor pesanan anda PO 7/2026" in text


def test_an_unpaid_invoice_says_until_when(papers: Papers, invoice: InvoicePaper) -> None:
    owed = Owed(invoice.total, date(2026, 9, 4), reference="PO-7")

    text = text_of(papers.invoice(replace(invoice, payment=owed), "en"))

    assert "USD 9,216.00 is to be paid by invoice, at the latest on 4 September 2026. Reference PO-7." in text


@pytest.mark.parametrize(
    ("price", "said"),
    [
        (Money(1234567, "JPY"), "JPY 1,234,567"),
        (Money(1234567, "KWD"), "KWD 1,234.567"),
        (Money(1234567, "MYR"), "MYR 12,345.67"),
        (Money(1234500, "USD"), "USD 12,345.00"),
    ],
)
@pytest.mark.parametrize("locale", ["en", "ms"])
def test_every_currency_keeps_its_own_decimals(
    price: Money, said: str, locale: str, papers: Papers, agreement: AgreementPaper, invoice: InvoicePaper
) -> None:
    charged = replace(
        invoice, lines=(InvoiceLine("Growth", 1, price),), total=price, payment=Owed(price, date(2026, 9, 4))
    )
    figures = re.compile(r"(?<![\d.,])" + re.escape(said.split()[1]) + r"(?![\d]|[.,]\d)")

    agreed = text_of(papers.agreement(priced_in(agreement, price), locale))
    billed = text_of(papers.invoice(charged, locale))

    assert len(figures.findall(agreed)) == 6
    assert len(figures.findall(billed)) == 4
    assert agreed.count(said) >= 2
    assert billed.count(said) >= 2


def test_three_years_and_twelve_lines_stay_well_formed(papers: Papers, agreement: AgreementPaper) -> None:
    name = "with a name that is long enough to need a second line in the table"
    lines = tuple(PricedLine(f"Product {n}, {name}", n, usd("10.00"), usd(f"{n}0.01")) for n in range(1, 13))
    years = tuple(ContractYear(usd("780.12"), date(2026 + n, 9, 4)) for n in range(3))
    long = replace(
        agreement, lines=lines, years=years, months=36, ends_on=date(2029, 9, 4), total=usd("2340.36"),
        steps=agreement.steps * 4, terms=replace(agreement.terms, paragraphs=agreement.terms.paragraphs * 6),
    )
    paper = papers.agreement(long, "en")
    text, pages = text_of(paper), pages_of(paper)

    assert "for 36 months, from 4 September 2026 to 3 September 2029, at USD 2,340.36" in text
    assert "Year 3, 4 September 2028 to 3 September 2029 4 September 2028 780.12" in text
    assert "The whole term 2,340.36" in text
    assert "A price for one is rounded" in text
    assert all(f"Product {n}," in text for n in range(1, 13))
    assert "36 Your data stay yours." in text
    assert len(pages) > 3
    assert all(f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, start=1))


def test_part_of_a_year_at_the_end_is_named_with_its_own_days(papers: Papers, agreement: AgreementPaper) -> None:
    years = (ContractYear(usd("9216.00"), date(2026, 9, 4)), ContractYear(usd("4608.00"), date(2027, 9, 4)))
    longer = replace(agreement, years=years, months=18, ends_on=date(2028, 3, 4), total=usd("13824.00"))

    text = text_of(papers.agreement(longer, "en"))

    assert "Year 2, 4 September 2027 to 3 March 2028 4 September 2027 4,608.00" in text


def test_nothing_changed_is_said_in_words(papers: Papers, agreement: AgreementPaper) -> None:
    assert "Nothing: the same products" in text_of(papers.agreement(replace(agreement, changes=()), "en"))
