"""Pages in two languages: money, days and numbers as people write them, and templates that keep their promises."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace as Some
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import UndefinedError

from app.assets import Assets, build
from app.chart import area, nice_ticks, waterfall
from app.html import TEMPLATES, Html, Language
from app.locale import HERE, Catalogue
from gateways.stencil import Part, Shape, Written
from pricing.money import Money
from pricing.trace import Pen

LOCALES = ("en", "ms")
TODAY = date(2026, 8, 5)
SPOKEN_IN_BOTH = ("base.html", "_", "portal/", "mail/", "demo/", "calendar/")
SAID_ALOUD = {"**": {"silent": "no", "extensions": "jinja2.ext.do"}}
FIELDS = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def html() -> Html:
    build()
    return Html(Assets.load(), Catalogue.load())


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def english(html: Html) -> Language:
    return html.language("en")


@pytest.fixture
def malay(html: Html) -> Language:
    return html.language("ms")


def page(locale: str = "en", **more: Any) -> dict[str, Any]:
    """What the portal's shell needs, signed in as Ruth of Cedar Dental."""
    visit = Some(
        person=Some(name="Ruth Tan", is_staff=False), account=Some(name="Cedar Dental"), locale=locale, level="code",
        today=TODAY, now=datetime(2026, 8, 5, 9, tzinfo=UTC), path="/", renewal_url="/renewals/1",
    )
    return {"vendor": Some(name="Lumen", css_url=None), "visit": visit, "csrf": "a-token", "flash": None, **more}


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (864000, "USD", "USD 8,640.00"),
        (921605, "MYR", "MYR 9,216.05"),
        (1234567, "JPY", "JPY 1,234,567"),
        (1234567, "KWD", "KWD 1,234.567"),
        (0, "EUR", "EUR 0.00"),
        (-57600, "USD", "USD −576.00"),
    ],
)
def test_money_is_said_alike_in_both_languages(
    english: Language, malay: Language, minor: int, currency: str, said: str
) -> None:
    assert english.money(Money(minor, currency)) == malay.money(Money(minor, currency)) == said


def test_cents_are_left_out_only_when_there_are_none(english: Language) -> None:
    assert english.money_short(Money(1404000, "USD")) == "USD 14,040"
    assert english.money_short(Money(912384, "USD")) == "USD 9,123.84"
    assert english.change(Money(57600, "USD")) == "+576"
    assert english.change(Money(-57600, "USD")) == "−576"
    assert english.change(Money(0, "USD")) == "0"


def test_days_are_said_with_their_weekday(english: Language, malay: Language) -> None:
    friday = date(2026, 9, 4)

    assert english.day(friday) == "Friday, 4 September 2026"
    assert malay.day(friday) == "Jumaat, 4 September 2026"
    assert (english.short_day(date(2026, 8, 21)), malay.short_day(date(2026, 8, 21))) == ("Fri 21 Aug", "Jum 21 Ogo")
    assert english.eve(friday) == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("day", "in_english", "in_malay"),
    [
        (date(2026, 8, 21), "in 16 days", "16 hari lagi"),
        (date(2026, 8, 6), "tomorrow", "esok"),
        (date(2026, 8, 5), "today", "hari ini"),
        (date(2026, 8, 4), "yesterday", "semalam"),
        (date(2026, 8, 2), "3 days ago", "3 hari lalu"),
        (date(2029, 5, 1), "in 1,000 days", "1,000 hari lagi"),
    ],
)
def test_days_are_said_from_today(
    english: Language, malay: Language, day: date, in_english: str, in_malay: str
) -> None:
    assert (english.relative_day(day, TODAY), malay.relative_day(day, TODAY)) == (in_english, in_malay)


def test_figures_carry_their_unit(english: Language) -> None:
    said = [english.figure(Decimal("312"), "hours"), english.figure(Decimal("-38.0"), "percent")]
    said += [english.figure(Decimal("4.7"), "score"), english.figure(Decimal("45"), "money", "USD")]

    assert said == ["312\u00a0h", "−38\u00a0%", "4.7 / 5", "USD 45"]
    assert english.percent(1250) == "12.5\u00a0%"
    assert english.about_percent(667) == "7\u00a0%"
    assert (english.bytes(84_211), english.bytes(1_284_211)) == ("84\u00a0KB", "1.3\u00a0MB")


def test_lists_end_with_and(english: Language, malay: Language) -> None:
    assert english.list_of(["Ruth", "Paul", "Aminah"]) == "Ruth, Paul and Aminah"
    assert malay.list_of(["Ruth", "Paul", "Aminah"]) == "Ruth, Paul dan Aminah"
    assert english.list_of([]) == ""


def sentences() -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    """Every sentence of the shared, portal, mail and demo templates and of the languages themselves."""
    methods = [("**.html", "jinja2"), ("**.txt", "jinja2")]
    for file, _, message, _, context in extract_from_dir(str(TEMPLATES), methods, options_map=SAID_ALOUD):
        if file.startswith(SPOKEN_IN_BOTH):
            yield context, message
    spoken = [("html.py", "python"), ("particulars.py", "python")]
    for _, _, message, _, context in extract_from_dir(str(HERE.parent), spoken):
        yield context, message


def test_every_sentence_is_written_in_malay(malay: Language) -> None:
    known = malay.words._catalog  # type: ignore[attr-defined]
    singles = {f"{context}\x04{text}" if context else text for context, text in sentences() if isinstance(text, str)}
    plurals = {text[0] for _, text in sentences() if isinstance(text, tuple)}

    assert {text for text in singles if text not in known} == set()
    assert {text for text in plurals if (text, 0) not in known} == set()


def test_no_translation_loses_or_invents_a_figure(malay: Language) -> None:
    for key, said in malay.words._catalog.items():  # type: ignore[attr-defined]
        if isinstance(key, tuple):
            assert set(FIELDS.findall(said)) == set(FIELDS.findall(key[0])) | {"num"}, key
        elif key:
            assert set(FIELDS.findall(said)) == set(FIELDS.findall(key)), key


def test_malay_has_one_form_for_any_number(malay: Language) -> None:
    said = {malay.words.ngettext("%(num)s seat", "%(num)s seats", count) for count in (0, 1, 2, 20)}

    assert said == {"%(num)s lesen"}


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 422, 429, 500])
def test_an_error_stays_calm_and_shows_a_way_on(html: Html, locale: str, code: int) -> None:
    text = html.render("portal/error.html", locale, **page(locale, code=code, sentence=None)).decode()

    assert f'<html lang="{locale}">' in text
    assert 'class="button button--main" href="/"' in text
    assert str(code) not in re.sub(r"<head>.*?</head>", "", text, flags=re.S)


def test_what_a_person_typed_is_never_markup(html: Html) -> None:
    context = page(code=409, sentence="<script>alert(1)</script>")

    text = html.render("portal/error.html", "en", **context).decode()

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_page_that_lacks_something_fails_instead_of_showing_nothing(html: Html) -> None:
    with pytest.raises(UndefinedError):
        html.render("portal/documents.html", "en", **page())


def test_a_code_is_mailed_as_plain_text_and_html(html: Html, locale: str) -> None:
    letter = html.letter(
        "sign_in", locale, vendor=Some(name="Tan & Sons"), code="123456", minutes=10,
        link_url="https://kekal.example/sign-in/link/x", email="ruth@cedardental.example",
    )

    assert "123456" in letter.subject
    assert "Tan & Sons" in letter.subject
    assert "\n" not in letter.subject
    assert "https://kekal.example/sign-in/link/x" in letter.text
    assert "&amp;" not in letter.text
    assert "Tan &amp; Sons" in letter.html
    assert re.search(r'<a class="button"[^>]* style="[^"]*background', letter.html)


def test_a_letter_of_the_companys_own_words_escapes_them_in_html_only(html: Html, locale: str) -> None:
    parts = [(Shape.HEADING, "Tan & Sons"), (Shape.WORDS, "<b>one</b>\ntwo"), (Shape.LIST, "- {{ plan }}")]
    written = Written("A & B", tuple(Part(shape, ((words,),)) for shape, words in parts))

    letter = html.letter(
        "worded", locale, vendor=Some(name="Lumen"), written=written, link_url="https://kekal.example/links/x",
        opt_out_url=None, snooze_url=None, is_staff=False, owner_name="", account_name="Cedar Dental",
    )

    assert letter.subject == "A & B"
    assert "Tan & Sons\n\n<b>one</b>\ntwo\n\n- - {{ plan }}\n" in letter.text
    assert "&lt;b&gt;one&lt;/b&gt;<br>two" in letter.html
    assert "Tan &amp; Sons</h1>" in letter.html


@pytest.mark.parametrize("path", sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html")))
def test_templates_keep_the_strict_policy(path: str) -> None:
    text = re.sub(r"\{#.*?#\}", "", (Path(TEMPLATES) / path).read_text(), flags=re.S)

    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"\son[a-z]+=", text) == []
    assert path.startswith("mail/") or (" style=" not in text and "<style" not in text)


@pytest.mark.parametrize("path", sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html")))
def test_each_form_that_changes_something_carries_its_token(path: str) -> None:
    text = (TEMPLATES / path).read_text()

    forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', text, re.S)

    beside = '<input type="hidden" name="csrf" value="{{ csrf }}" form="act">' in text and 'id="act"' in text

    without = [action for action, body in forms if "csrf_field()" not in body and not action.startswith("/demo/")]
    assert beside or without == []


def test_a_year_of_months_is_drawn_inside_its_frame() -> None:
    months = [(date(2026, month, 1), month * 7) for month in range(1, 13)]

    picture = area(months)

    assert picture is not None
    assert 0 < picture.end.y < picture.base < picture.height
    assert [name.day for name in picture.names] == [date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 1)]
    assert all(0 < tick.y < picture.base for tick in picture.ticks)


def test_two_months_are_no_picture_and_a_year_of_nothing_lies_on_the_ground() -> None:
    months = [(date(2026, month, 1), 0) for month in (1, 2, 3)]

    flat = area(months)

    assert area(months[:2]) is None
    assert flat is not None
    assert flat.end.y == flat.base


@pytest.mark.parametrize("used", [5, 17, 19, 20, 23])
def test_people_are_drawn_against_the_seats_that_are_paid_for(used: int) -> None:
    picture = area([(date(2026, month, 1), used) for month in range(1, 13)], limit=20)

    assert picture is not None
    assert picture.limit is not None
    assert (picture.end.y < picture.limit.y) == (used > 20)
    assert 9 < picture.words_y < picture.end.y
    assert not 0 <= picture.words_y - picture.limit.y < 12
    assert all(abs(tick.y - picture.limit.y) > 16 for tick in picture.ticks)


def test_a_thousand_hours_are_written_as_people_write_them(html: Html, locale: str) -> None:
    hours = Some(hours=Some(amount=Decimal("1210.0000")), worth=None)
    context = page(locale, renewal=Some(id="1", plan="Growth", seats=1500), value=hours, hours=[], users=[])

    text = html.render("portal/value.html", locale, **context, figures=[], missing=[]).decode()

    assert re.findall(r"1,210 (?:hours|jam)", text)
    assert re.findall(r"1,500 (?:seats|lesen)", text)


def test_a_year_too_short_to_draw_is_said_in_words(html: Html, locale: str) -> None:
    month, seats = [(date(2026, 7, 1), 17)], Some(id="1", plan="Growth", seats=20)
    context = page(locale, renewal=seats, value=None, hours=None, users=month, figures=[], missing=[])

    short = html.render("portal/value.html", locale, **context).decode()
    whole = html.render("portal/value.html", locale, **context | {"users": month * 12}).decode()

    assert "chart__thin" in short
    assert "<svg" not in short
    assert "chart__thin" not in whole
    assert whole.count("<title id=") == 1


@pytest.mark.parametrize(
    ("highest", "ticks"), [(41, [20, 40]), (7, [5]), (312, [200]), (100, [50, 100]), (9000, [5000]), (0.5, [])]
)
def test_ticks_are_round(highest: float, ticks: list[float]) -> None:
    assert nice_ticks(highest) == ticks


def test_each_step_of_a_price_hangs_where_the_last_one_ended() -> None:
    pen = Pen("USD", "price@1")
    kept, bundle = pen.step("kept", 8000, {"quantity": 20, "unit": 400}), pen.step("bundle", -2000, {"bps": 2500})

    rungs = waterfall(pen.sum("line", [kept, bundle], {"product": "growth", "quantity": 20}))

    assert [(rung.product, rung.x, rung.width) for rung in rungs] == [
        ("growth", "0.00%", "100.00%"),
        ("growth", "75.00%", "25.00%"),
        ("", "0.00%", "75.00%"),
    ]
