"""A version is read back from its JSON as it was priced, and two versions are compared by what both sides may see."""

import json
from dataclasses import replace

from hypothesis import given, settings

from pricing.kept import kept
from pricing.quoting import Quoted
from pricing.revision import between
from pricing.trace import canonical
from tests.pricing.customers import quotes
from tests.pricing.test_quoting import HALDEN, halden


@given(quotes())
@settings(max_examples=60, deadline=None)
def test_a_version_that_is_read_back_is_the_same_to_the_last_word(quoted: Quoted) -> None:
    again = kept(json.loads(canonical(quoted.content)))

    assert again.content == quoted.content
    assert again.effective.json == quoted.effective.json
    assert again.instalments == quoted.instalments


def test_two_versions_say_what_they_have_otherwise() -> None:
    first = halden(months=12)
    second = halden(months=36, net_days=45, lines=tuple(replace(line, discount=500) for line in first.deal.lines))

    told = between(first.public_content, second.public_content)

    assert [(line.product, line.quantity, line.off) for line in told.lines] == [("platform", (250, 250), (0, 500))]
    assert {part.name: (part.before, part.after) for part in told.parts} == {
        "months": (12, 36), "shape": (None, "fixed"), "net_days": (30, 45),
    }
    assert told.per_year == (HALDEN.per_year, second.per_year)
    assert told.total[1] == second.total


def test_what_is_new_and_what_is_gone_has_no_units_on_the_other_side() -> None:
    without = halden(months=12)
    added = halden(months=12, lines=(*without.deal.lines, replace(without.deal.lines[0], product="insights")))

    there, back = between(without.content, added.content), between(added.content, without.content)

    assert [(line.product, line.quantity) for line in there.lines] == [("insights", (0, 250))]
    assert [(line.product, line.quantity) for line in back.lines] == [("insights", (250, 0))]


def test_the_same_again_is_no_revision() -> None:
    assert between(halden().content, halden().content).is_empty
