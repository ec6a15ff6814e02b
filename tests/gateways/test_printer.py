"""The printer: odd names, threads, standards and refusals, whatever a paper says."""

import re
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
import structlog
from pypdf import PdfReader

from gateways.document import NO_GLYPH, TEMPLATES, Papers
from gateways.paper import AgreementPaper, Customer, InvoicePaper
from pricing.money import Money
from renewals.errors import GatewayFailed
from tests.gateways.conftest import CEDAR, printer, usd
from tests.gateways.reading import furthest_right, kinds_of, text_of

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


def test_a_line_in_another_currency_is_refused(papers: Papers, agreement: AgreementPaper) -> None:
    euros = replace(agreement.lines[1], amount=Money(57600, "EUR"), unit=Money(57600, "EUR"))

    with pytest.raises(GatewayFailed, match="different currencies"):
        papers.agreement(replace(agreement, lines=(agreement.lines[0], euros)), "en")


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
