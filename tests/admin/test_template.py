"""A segment's proposal is looked at on a real renewal, changed with a reason, and never by who may only read it."""

import html
import re

import pytest

from tests.web.guest import Guest, known
from tests.world import World

PAGE = "/admin/templates/enterprise"
FIELD = re.compile(r'<input[^>]* name="((?:place_)?\w+)"[^>]* value="([^"]*)"')
AREA = re.compile(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', re.DOTALL)


@pytest.fixture
def ines(world: World) -> Guest:
    return known(world, world.person("ines@lumen.example"))


def form(page: str, **changes: str) -> dict[str, str]:
    """What a browser would send from the page, with what somebody typed."""
    found = {name: html.unescape(value) for name, value in [*FIELD.findall(page), *AREA.findall(page)]}
    return {name: value for name, value in found.items() if name not in ("csrf", "q")} | changes


def test_what_was_typed_is_looked_at_on_a_real_renewal_before_anybody_gets_it(world: World, ines: Guest) -> None:
    typed = form(ines.get(PAGE).text, summary_en="{{ account }} holds {{ seats }}.", locale="en")
    typed["renewal"] = str(world.renewal("halden-bank"))

    looked = ines.post(f"{PAGE}/proof", typed)

    assert "Halden Bank holds 400 seats." in looked.text
    assert "holds" not in ines.get(f"{PAGE}?renewal={typed['renewal']}").text.split("<h2", 2)[1]


def test_a_new_version_says_why_and_one_drawn_from_an_older_is_refused(ines: Guest) -> None:
    before = form(ines.get(PAGE).text)

    assert ines.post(PAGE, before | {"place_summary": "", "reason": ""}).status_code == 422
    assert ines.post(PAGE, before | {"place_summary": "", "reason": "They skip it"}).status_code == 303
    late = ines.post(PAGE, before | {"place_value": "", "reason": "Later"})

    assert late.status_code == 409
    page = ines.get(PAGE).text
    assert "They skip it" in page and form(page)["place_summary"] == ""


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("place_terms", "", "always said"),
        ("place_value", "ninth", "from 1 to 8"),
        ("summary_ms", "{{ margin }}", "there is no {{ margin }}"),
        ("terms_en", "{% if 1 %}x{% endif %}", "can not stand"),
    ],
)
def test_what_can_not_be_used_is_said_where_it_was_typed(ines: Guest, field: str, value: str, says: str) -> None:
    page = ines.post(PAGE, form(ines.get(PAGE).text, **{field: value, "reason": "Try"}))

    assert page.status_code == 422 and says in page.text
    assert form(page.text)[field] == value


def test_who_may_not_change_letters_reads_it_and_has_no_form(world: World) -> None:
    maya = known(world, world.person("maya@lumen.example"))

    assert 'name="reason"' not in maya.get(PAGE).text
    assert maya.post(PAGE, {"reason": "Mine"}).status_code == 403
