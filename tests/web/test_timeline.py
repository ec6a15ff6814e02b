"""The shared timeline: each step says when, what, and whose hands it is in."""

import re

import pytest

from tests.web.cast import RUTH, Cast
from tests.web.guest import known
from tests.world import World

STEP = re.compile(r'<li class="timeline__step.*?</li>', re.S)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def cast_here(standing: World) -> Cast:
    return Cast(standing)


def steps(page: str) -> list[str]:
    """Each step as its words; the dates aside."""
    return [" ".join(TAG.sub(" ", step.partition("</time>")[2]).split()) for step in STEP.findall(page)]


def test_each_step_of_a_small_customer_says_who_does_it(cast_here: Cast) -> None:
    page = cast_here.look("owner").get(f"/renewals/{cast_here.own.renewal_id}").text

    assert steps(page) == [
        "Your year in figures is on this page Done Automatic",
        "Your options are ready Your turn to choose",
        "Last day to decide or leave You",
        "A last reminder, if we need it Automatic",
        "Your new term begins Automatic",
    ]


def test_what_a_person_does_carries_their_name(standing: World) -> None:
    dana = known(standing, standing.person("dana@northwind-freight.example"))

    page = dana.get(f"/renewals/{standing.renewal('northwind-freight')}").text

    assert "We prepare our proposal Maya Iskandar" in steps(page)
    assert "Time to agree, so that the papers are made in time You" in steps(page)


def test_who_does_it_is_said_in_malay_too(standing: World) -> None:
    ruth = known(standing, standing.person(RUTH))
    ruth.cookies["kekal_locale"] = "ms"

    page = ruth.get(f"/renewals/{standing.renewal('cedar-dental')}").text
    last_words = [words.rsplit(" ", 1)[1] for words in steps(page)]

    assert last_words == ["Automatik", "memilih", "Anda", "Automatik", "Automatik"]
