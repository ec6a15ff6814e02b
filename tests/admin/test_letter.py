"""The letters as the staff work on them: read by all, changed by few, looked at first, and every version kept."""

import html
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.publishing import run as publish_file
from renewals.event import Event, EventName
from renewals.message import Message, MessageKind
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.wording import LOCALES, Wordings
from tests.world import Visitor, World

MAYA, INES, RUTH = "maya@lumen.example", "ines@lumen.example", "ruth@cedar-dental.example"
PAGE = "/admin/letters/follow_up.all.economic_buyer"
FIELD = re.compile(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"')
AREA = re.compile(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', re.DOTALL)


def form(visitor: Visitor, page: str = PAGE, **changes: str) -> dict[str, str]:
    """What a browser would send from the page, with what somebody typed."""
    text = visitor.get(page).text
    found = {name: html.unescape(value) for name, value in [*FIELD.findall(text), *AREA.findall(text)]}
    return {name: found[name] for name in ("since", *fields())} | {"reason": "Shorter"} | changes


def fields() -> list[str]:
    return [f"{locale}_{part}" for locale in LOCALES for part in ("subject", "body")]


def newest(world: World) -> Policy:
    with world.reading() as session:
        query = select(Policy).where(Policy.kind == PolicyKind.LETTERS).order_by(Policy.number.desc())
        return session.scalars(query).first() or pytest.fail("there are no letters")


def test_everybody_of_the_staff_reads_the_letters_with_version_and_use(world: World) -> None:
    page = world.signed_in(MAYA).get("/admin/letters").text
    letter = world.signed_in(MAYA).get(PAGE)

    assert page.count('href="/admin/letters/') > 30
    assert "T-60" in page
    assert "T-6 to T-1" in page
    assert "after the signature" in page
    assert "Publish these words" not in letter.text
    assert "The words of letters are changed by managers and administrators." in letter.text
    assert "{{ new_price }}" in letter.text


def test_a_letter_is_looked_at_on_a_real_renewal_in_either_language(world: World) -> None:
    key, maya = world.renewal("cedar-dental"), world.signed_in(MAYA)

    english = maya.get(f"{PAGE}?renewal={key}").text
    malay = maya.get(f"{PAGE}?renewal={key}&locale=ms").text
    elsewhere = maya.get(f"{PAGE}?renewal=nonsense&locale=xx")

    assert "As Ruth Calder would read it today." in english
    assert "Growth renews Fri 4 Sep 2026: USD" in english
    assert "Growth diperbaharui Jum 4 Sep 2026: USD" in malay
    assert elsewhere.status_code == 200


def test_what_is_typed_is_looked_at_before_it_goes_out_and_nothing_is_kept(world: World) -> None:
    ines, before = world.signed_in(INES), newest(world).number
    typed = form(ines, en_subject="{{ account }}, {{ renews_on }}, {{ price }} & <b>more</b>")
    typed |= {"renewal": str(world.renewal("cedar-dental"))}

    answer = ines.post(f"{PAGE}/proof", typed, page=PAGE)

    assert answer.status_code == 200
    assert "Cedar Dental, Fri 4 Sep 2026, USD 8,640.00 &amp; &lt;b&gt;more&lt;/b&gt;" in answer.text
    assert newest(world).number == before
    assert "<b>more</b>" not in answer.text


def test_published_words_are_a_version_and_letters_that_wait_use_them(world: World) -> None:
    ines, key = world.signed_in(INES), world.renewal("cedar-dental")
    with world.writing() as session:
        renewal = Renewal.find(session, key)
        at = renewal.opened_at
    typed = form(ines, en_body="Hello {{ first_name }}, new words.\n\n[Go]({{ link }})")
    plan(world, key)
    answer = ines.post(PAGE, typed, page=PAGE)
    number = newest(world).number

    world.work()

    mail = world.mails()[-1]
    page, listed = ines.get(PAGE).text, ines.get("/admin/letters").text
    assert answer.headers["location"] == PAGE
    assert number == 2
    assert "Hello Ruth, new words." in mail.text
    assert "Version 2 is in force, sent 1 time." in page
    assert "Shorter" in page
    assert "Ines Carvalho" in page
    assert 'version=1"' in page
    assert "new words" not in AREA.findall(ines.get(f"{PAGE}?version=1").text)[0][1]
    assert re.search(r"data-name=\"Version\">[^\n]*2</td>", listed)
    with world.reading() as session:
        told = session.scalars(select(Event).where(Event.name == EventName.POLICY_PUBLISHED).order_by(Event.seq)).all()
        assert (told[-1].details["kind"], told[-1].by_id) == ("letters", world.person(INES).id)
    assert at < mail.when


def plan(world: World, key: object, part: str = "economic_buyer") -> None:
    with world.writing() as session:
        renewal = session.get_one(Renewal, key)
        Message.plan(
            session, MessageKind.FOLLOW_UP, world.person(RUTH), purpose=f"test:{part}", locale="en",
            at=renewal.opened_at, renewal_id=renewal.id, part=part,
        )


def test_a_part_is_given_words_of_its_own(world: World) -> None:
    ines, page = world.signed_in(INES), "/admin/letters/follow_up.all.legal"

    empty = ines.get(page).text
    answer = ines.post(page, form(ines, page, en_body="To counsel.\n\n[Go]({{ link }})"), page=page)
    plan(world, world.renewal("cedar-dental"), "legal")
    world.work()

    assert "It has no words of its own yet" in empty
    assert answer.status_code == 303
    assert "To counsel." in world.mails()[-1].text
    with world.reading() as session:
        every = Wordings.in_force(session, newest(world).begins_on)
        assert every.find("follow_up.all.legal").since == 2
        assert every.find("follow_up.all.economic_buyer").since == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"en_body": "Hi\n\n{{ ''.__class__ }}\n\n[Go]({{ link }})"}, "Line 3: “''.__class__” is not a name"),
        ({"ms_body": "{% for x in y %}x{% endfor %}\n\n[Go]({{ link }})"}, "Line 1: “{%” can not stand in a letter"),
        ({"en_body": "{% include 'mail/base.html' %}\n\n[Go]({{ link }})"}, "Line 1: “{%” can not stand in a letter"),
        ({"en_body": "{{ price() }}\n\n[Go]({{ link }})"}, "Line 1: “price()” is not a name"),
        ({"en_body": "{{ health }}\n\n[Go]({{ link }})"}, "Line 1: there is no {{ health }} in this letter."),
        ({"en_body": "No button"}, "A letter has one button"),
        ({"ms_body": ""}, "A letter has one button"),
        ({"en_subject": "Hello"}, "A subject names the date and the money"),
        ({"reason": " "}, "Say why the words change."),
        ({}, "Nothing is different from the words in force."),
    ],
)
def test_what_can_not_be_sent_is_not_published_and_what_was_typed_stays(
    world: World, changes: dict[str, str], said: str
) -> None:
    ines = world.signed_in(INES)

    answer = ines.post(PAGE, form(ines, **changes), page=PAGE)

    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert 'aria-invalid="true" autofocus' in answer.text
    assert newest(world).number == 1
    assert all(value.strip() in html.unescape(answer.text) for value in changes.values())


def test_two_people_do_not_write_over_each_other(world: World) -> None:
    ines, adam = world.signed_in(INES), world.signed_in("adam@lumen.example")
    hers = form(ines, en_subject="A {{ renews_on }} {{ price }}")
    his = form(adam, en_subject="B {{ renews_on }} {{ price }}")

    first, second = ines.post(PAGE, hers, page=PAGE), adam.post(PAGE, his, page=PAGE)

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody published other words" in second.text
    assert "B {{ renews_on }}" in second.text
    assert newest(world).number == 2


@pytest.mark.parametrize(
    "letter",
    ["nothing", "sign_in.all.all", "reminder", "reminder.all", "reminder.x.all", "reminder.all.x", "question.all.all",
     "reminder.all.all.all", "..%2F..%2Fetc"],
)
def test_a_letter_that_is_none_is_not_found(world: World, letter: str) -> None:
    assert world.signed_in(INES).get(f"/admin/letters/{letter}").status_code == 404


def test_the_letters_come_from_a_file_too_and_are_proofed(world: World, tmp_path: Path) -> None:
    content, file = newest(world).content, tmp_path / "letters.json"
    settings = world.house.settings

    content["letters"][0]["en"]["subject"] = "New: {{ renews_on }}, {{ price }}"
    file.write_text(json.dumps(content))
    good = publish_file(["letters", str(file), "--reason", "From head office"], settings)
    content["letters"][0]["en"]["body"] = ["{{ ''.__class__ }}", "[Go]({{ link }})"]
    file.write_text(json.dumps(content))
    bad = publish_file(["letters", str(file), "--reason", "Worse"], settings)
    file.write_text(json.dumps({"letters": content["letters"][5:]}))
    short = publish_file(["letters", str(file), "--reason", "Less"], settings)

    every = {one["kind"] + one.get("part", ""): one["since"] for one in newest(world).content["letters"]}
    assert (good, bad, short) == (0, 1, 1)
    assert newest(world).number == 2
    assert sorted(every.values())[-2:] == [1, 2]
