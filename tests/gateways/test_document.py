"""Papers: what a customer holds in the hand says exactly what was agreed and paid."""

import re
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
import structlog
from pypdf import PdfReader

from gateways.document import NO_GLYPH, TEMPLATES, Papers
from gateways.paper import AgreementPaper, ContractYear, Customer, InvoiceLine, InvoicePaper, Owed, PricedLine, Tax
from pricing.money import Money
from renewals.errors import GatewayFailed
from tests.gateways.conftest import CEDAR, CONTENT, TERMS, printer, usd

ODD_NAMES = [
    "#eval(\"1+1\") & Sons",
    "$x^2$ Capital",
    "*bold* _quiet_ `code` Ltd",
    "C:\\new\\table\\#let",
    "= Heading // comment /* more */ <label> @ref",
    "{day} {total} 100 % -- --- ~ 'single' \"double\"",
    "Ångström Übergröße Łódź d.o.o.",
    "Ирина и Ко · Ελένη Α.Ε.",
]


def text_of(paper: bytes) -> str:
    """The text as a reader copies it, in one line."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    return " ".join(" ".join(pages).replace("\N{ZERO WIDTH SPACE}", "").split())


def pages_of(paper: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(paper)).pages]


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


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_that_looks_like_markup_stays_a_name(
    name: str, papers: Papers, agreement: AgreementPaper, invoice: InvoicePaper
) -> None:
    change = replace(agreement.changes[0], words=name)
    odd = replace(agreement, plan=name, customer=Customer(name, "MY"), changes=(change,))
    agreed = text_of(papers.agreement(odd, "en"))
    billed = text_of(papers.invoice(replace(invoice, customer=Customer(name, "MY", (name,))), "en"))

    assert agreed.count(name) >= 5
    assert billed.count(name) >= 3


def test_a_character_nobody_can_draw_is_shown_as_such_and_logged(papers: Papers, agreement: AgreementPaper) -> None:
    with structlog.testing.capture_logs() as logs:
        text = text_of(papers.agreement(replace(agreement, customer=Customer("Café 東京\x00", "JP")), "en"))

    assert f"Café {NO_GLYPH * 3}" in text
    assert {"U+0000", "U+4EAC", "U+6771"} <= {sign for line in logs for sign in line["characters"]}


def test_marks_that_turn_the_reading_order_are_left_out(papers: Papers, agreement: AgreementPaper) -> None:
    text = text_of(papers.agreement(replace(agreement, customer=Customer("Cedar \u202elatneD\u200b", "US")), "en"))

    assert "Cedar latneD" in text
    assert "\u202e" not in text


def test_an_endless_word_stays_on_the_page(papers: Papers, agreement: AgreementPaper) -> None:
    endless = "W" * 400
    paper = papers.agreement(replace(agreement, customer=Customer(endless, "US", (endless,)), plan=endless), "en")

    for page in PdfReader(BytesIO(paper)).pages:
        assert furthest_right(page) < float(page.mediabox.width) - 60


def furthest_right(page: object) -> float:
    """Where the last piece of text on a page begins. Units: points."""
    starts: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: starts.append(tm[4] if text.strip() else 0.0))  # type: ignore[attr-defined]
    return max(starts)


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


@pytest.mark.parametrize("locale", ["en", "ms"])
def test_a_paper_is_tagged_archival_and_knows_its_language(
    locale: str, papers: Papers, agreement: AgreementPaper, invoice: InvoicePaper
) -> None:
    for paper in (papers.agreement(agreement, locale), papers.invoice(invoice, locale)):
        reader = PdfReader(BytesIO(paper))
        catalogue, claims = reader.root_object, reader.root_object["/Metadata"].get_data().decode()

        assert catalogue["/Lang"] == locale
        assert catalogue["/MarkInfo"]["/Marked"]
        assert re.search(r"pdfaid:part>2<", claims)
        assert re.search(r"pdfaid:conformance>A<", claims)
        assert re.search(r"pdfuaid:part>1<", claims)
        assert reader.metadata is not None
        assert CEDAR.legal_name in str(reader.metadata.title)


def test_the_tables_have_heads_for_those_who_hear_them(papers: Papers, agreement: AgreementPaper) -> None:
    kinds = kinds_of(PdfReader(BytesIO(papers.agreement(agreement, "en"))).root_object["/StructTreeRoot"])

    assert kinds.count("/Table") == 5
    assert kinds.count("/TH") == 4 + 3 + 2 + 2 + 2
    assert kinds.count("/H1") == 2


def kinds_of(node: object) -> list[str]:
    """The kind of every element below a structure node."""
    found = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(found, list):
        return [kind for part in found for kind in kinds_of(part)]
    if not isinstance(found, dict):
        return []
    return [*([str(found["/S"])] if "/S" in found else []), *kinds_of(found.get("/K"))]


def test_the_same_paper_is_the_same_bytes_in_every_thread(
    papers: Papers, agreement: AgreementPaper, invoice: InvoicePaper
) -> None:
    jobs: list[Callable[[], bytes]] = [
        lambda: papers.agreement(agreement, "en"),
        lambda: papers.agreement(agreement, "ms"),
        lambda: papers.invoice(invoice, "en"),
    ]
    with ThreadPoolExecutor(8) as pool:
        printed = list(pool.map(lambda n: (n % 3, jobs[n % 3]()), range(24)))

    assert len(set(printed)) == 3
    assert printer().agreement(agreement, "en") == dict(printed)[0]


def test_a_paper_carries_the_moment_it_was_made(
    papers: Papers, agreement: AgreementPaper, invoice: InvoicePaper
) -> None:
    agreed, billed = (
        PdfReader(BytesIO(paper)).metadata
        for paper in (papers.agreement(agreement, "en"), papers.invoice(invoice, "en"))
    )

    assert agreed is not None
    assert billed is not None
    assert agreed.creation_date == agreement.made_at
    assert str(billed.creation_date_raw).startswith("D:20260805000000")


def test_a_paper_that_does_not_add_up_is_refused(
    papers: Papers, agreement: AgreementPaper, invoice: InvoicePaper
) -> None:
    for wrong in (usd("9216.01"), Money(921600, "EUR")):
        with pytest.raises(GatewayFailed, match=r"A-2026-000123 says") as agreed:
            papers.agreement(replace(agreement, total=wrong), "en")
        with pytest.raises(GatewayFailed, match=r"LUMEN-0042 says") as billed:
            papers.invoice(replace(invoice, total=wrong), "en")

        assert agreed.value.permanent
        assert billed.value.permanent


def test_what_can_not_be_printed_is_refused_for_good(papers: Papers, agreement: AgreementPaper) -> None:
    colourless = replace(agreement, vendor=replace(agreement.vendor, accent="pine"))
    timeless = replace(agreement, made_at=datetime(2026, 8, 5))  # noqa: DTZ001  # the zone is what is missing

    for paper, locale in ((colourless, "en"), (timeless, "en"), (agreement, "../en"), (agreement, "fr")):
        with pytest.raises(GatewayFailed) as refused:
            papers.agreement(paper, locale)

        assert refused.value.permanent


def test_both_languages_have_the_same_words_with_the_same_blanks() -> None:
    english, malay = (blanks(tomllib.loads((TEMPLATES / f"{name}.toml").read_text())) for name in ("en", "ms"))

    assert english == malay


def blanks(words: dict[str, object], above: str = "") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, said in words.items():
        if isinstance(said, dict):
            found |= blanks(said, f"{above}{name}.")
        else:
            found[above + name] = sorted(re.findall(r"\{\w+\}", str(said)))
    return found


def test_every_word_is_used_and_no_template_reaches_outside() -> None:
    templates = "".join(file.read_text() for file in TEMPLATES.glob("*.typ"))
    words = set(re.findall(r"words\.(\w+)", templates))

    assert words == set(tomllib.loads((TEMPLATES / "en.toml").read_text()))
    assert set(re.findall(r"#import (\S+):", templates)) == {'"house.typ"'}
    assert not re.search(r"\b(read|image|plugin|csv|yaml|xml|eval|include)\(", templates)


def test_a_paper_takes_less_than_a_blink(
    papers: Papers, agreement: AgreementPaper, invoice: InvoicePaper, capsys: pytest.CaptureFixture[str]
) -> None:
    took = {
        "agreement": warm(lambda n: papers.agreement(replace(agreement, number=f"A-2026-{n:06d}"), "en")),
        "invoice": warm(lambda n: papers.invoice(replace(invoice, number=f"LUMEN-{n:04d}"), "en")),
    }
    with capsys.disabled():
        print("\npapers, ms each:", {kind: round(1000 * seconds) for kind, seconds in took.items()})

    assert max(took.values()) < 1


def warm(print_one: Callable[[int], bytes]) -> float:
    """The median of nine, each a new paper. Units: seconds."""
    took = []
    for n in range(9):
        began = time.perf_counter()
        print_one(n)
        took.append(time.perf_counter() - began)
    return sorted(took)[4]
