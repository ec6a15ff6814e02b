"""The company's own words: places are filled with plain text, and nothing else that people write is ever run."""

from dataclasses import replace

import pytest

from gateways import stencil
from gateways.stencil import Shape
from renewals.errors import Malformed
from renewals.message import MessageKind
from renewals.wording import ALL, Wording, Words

SUBJECT = "{{ plan }} renews {{ renews_on }}: {{ price }}"
BUTTON = "[See it]({{ link }})"
VALUES = {
    "plan": "Growth", "renews_on": "Friday, 4 September 2026", "price": "USD 8,640.00", "decide_by": "", "used": "17",
}


def letter(body: str, subject: str = SUBJECT) -> Wording:
    return Wording(MessageKind.REMINDER, ALL, ALL, 1, {"en": Words.typed(subject, f"{body}\n\n{BUTTON}")})


def refusal(wording: Wording) -> tuple[str, str | None]:
    with pytest.raises(Malformed) as no:
        stencil.proof(wording)
    return str(no.value), no.value.field


def test_good_words_pass() -> None:
    stencil.proof(letter("# {{ plan }}\n\nHello {{ first_name }},\n\n- one\n- two {{ used }}\n\nDay | {{ decide_by }}"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{{ ''.__class__ }}", "''.__class__"),
        ("{{ plan.__class__.__mro__ }}", "plan.__class__.__mro__"),
        ("{{ plan['x'] }}", "plan['x']"),
        ("{{ plan() }}", "plan()"),
        ("{{ range(10 ** 9) }}", "range(10 ** 9)"),
        ("{{ plan | upper }}", "plan | upper"),
        ("{{ 'x' * 1000000000 }}", "'x' * 1000000000"),
        ("{{ plan if plan else used }}", "plan if plan else used"),
        ("{% for x in range(1000000000) %}x{% endfor %}", "{%"),
        ("{% include '/etc/passwd' %}", "{%"),
        ("{% import 'x' as y %}", "{%"),
        ("{% extends 'mail/base.html' %}", "{%"),
        ("{% set plan = used %}", "{%"),
        ("{% macro x() %}{% endmacro %}", "{%"),
        ("{% raw %}{{ plan }}{% endraw %}", "{% raw %}"),
        ("{# for nobody #}", "{#"),
        ("{{ config }}", "{{ config }}"),
        ("{{ self }}", "{{ self }}"),
        ("{{ cycler }}", "{{ cycler }}"),
        ("{{ true }}", "{{ true }}"),
        ("{{ link }}", "{{ link }}"),
        ("{{ health }}", "{{ health }}"),
        ("{{ new_price }}", "{{ new_price }}"),
        ("{{ plan", "not closed"),
        ("{{}}", "not a name"),
    ],
)
def test_whatever_is_more_than_a_known_name_is_refused_with_its_line(written: str, said: str) -> None:
    sentence, field = refusal(letter(f"# Hello\n\nfirst\nsecond {written} there"))

    assert sentence.startswith("Line 4: ")
    assert said in sentence
    assert field == "en_body"
    assert refusal(letter("x", subject=f"{SUBJECT} {written}"))[1] == "en_subject"


def test_a_block_that_spans_parts_is_refused_as_well() -> None:
    assert refusal(letter("{% for x in plan %}\n\nx\n\n{% endfor %}"))[0].startswith("Line 1: ")
    assert refusal(letter("one {#\n\ntwo #}"))[0].startswith("Line 1: ")


@pytest.mark.parametrize(
    ("wording", "said", "field"),
    [
        (letter("x", subject="{{ plan }} renews {{ renews_on }}"), "the date and the money", "en_subject"),
        (letter("x", subject="{{ plan }}: {{ price }}"), "the date and the money", "en_subject"),
        (letter("x", subject=f"{SUBJECT} {{{{ hours_saved }}}}"), "not always known", "en_subject"),
        (letter("x", subject=f"{SUBJECT}\nBcc: everybody@example.test"), "one line", "en_subject"),
        (letter(BUTTON), "one button", "en_body"),
        (replace(letter("x"), words={"ms": Words(SUBJECT, "no button")}), "one button", "ms_body"),
        (letter("{{ plan }} " * 121), "places", "en_body"),
        (letter("long " * 2000), "characters", "en_body"),
    ],
)
def test_a_letter_names_date_and_money_has_one_button_and_an_end(wording: Wording, said: str, field: str) -> None:
    sentence, where = refusal(wording)

    assert said in sentence
    assert where == field


def filled(body: str, **changes: str) -> list[tuple[Shape, tuple[tuple[str, ...], ...]]]:
    values = VALUES | changes
    written = stencil.fill(Words(SUBJECT, body), values, values | {"renews_on": "Fri 4 Sep 2026"})
    assert written.subject == f"{values['plan']} renews Fri 4 Sep 2026: USD 8,640.00"
    return [(part.shape, part.lines) for part in written.parts]


def test_words_keep_their_shape_whatever_a_value_looks_like() -> None:
    parts = filled("# About {{ plan }}\n\n- {{ plan }}\n\nPlan | {{ plan }}\n\n[Go to {{ plan }}]({{ link }})",
                   plan="<b>{{ used }}</b> | - # {% for %}")

    assert [shape for shape, _ in parts] == [Shape.HEADING, Shape.LIST, Shape.FACTS, Shape.BUTTON]
    assert parts[1][1] == (("<b>{{ used }}</b> | - # {% for %}",),)
    assert parts[2][1] == (("Plan", "<b>{{ used }}</b> | - # {% for %}"),)


def test_what_is_not_known_is_left_out_with_its_line_or_part() -> None:
    parts = filled("Until {{ decide_by }}.\n\n- {{ decide_by }}\n- {{ used }}\n\nBy | {{ decide_by }}\n\nend")

    assert parts == [(Shape.LIST, (("17",),)), (Shape.WORDS, (("end",),))]


def test_a_value_is_a_line_and_never_a_book() -> None:
    parts = filled("{{ plan }}", plan="G" * 600)

    assert len(filled("x {{ used }}", used="y" * 5000)[0][1][0][0]) == 602
    assert parts[0][1] == (("G" * 600,),)
    assert filled("{{ used }}", used="1\n2") == [(Shape.WORDS, (("1 2",),))]


def test_words_that_were_never_proofed_do_not_run_either() -> None:
    with pytest.raises(Malformed):
        stencil.fill(Words(SUBJECT, "{{ ''.__class__ }}"), VALUES, VALUES)
