"""The discount matrix as the staff read it, draw up a change, see what it would have done, and publish it."""

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

import httpx
import pytest

from pricing.asked import Asked
from pricing.matrix import Matrix
from pricing.replaying import replay
from renewals.matrix.draft import Draft
from renewals.matrix.editing import part_of
from renewals.matrix.preview import preview
from renewals.policy import Policy, PolicyKind, shipped
from renewals.quoting import deciding
from renewals.quoting.past import decided
from tests.admin.test_record import said
from tests.quoting.desk import AT, FARAH, INES, MAYA, OMAR, RAVI, desk
from tests.world import Visitor, World

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
STRICTER = {"cell.policy.smb.12.discount": "3"}
SENTENCE = "Policy, SMB, up to 12 months: 3.0 % off the whole instead of 5.0 %."


def publish(
    visitor: Visitor, query: dict[str, str], reason: str = "Less by itself", begins_on: str = "2026-08-05"
) -> httpx.Response:
    """What a browser would send from the page that shows what the draft would change."""
    page = visitor.get("/admin/matrix", params=query).text
    form = page.partition('<form class="form" method="post"')[2].partition("</form>")[0]
    fields = {name: html.unescape(value) for name, value in HIDDEN.findall(form)}
    sent = fields | {"reason": reason, "begins_on": begins_on}
    return visitor.client.post("/admin/matrix", data=sent, follow_redirects=False)


def newest(world: World) -> Policy:
    with world.reading() as session:
        return Policy.in_force(session, PolicyKind.MATRIX, date.max)


# Reading


def test_the_matrix_in_force_is_read_at_once(standing: World) -> None:
    page = said(standing.signed_in(MAYA).get("/admin/matrix").text)

    for words in (
        "Version 1, in force since", "SMB Who Up to 12 months 13 to 24 months 25 to 36 months More than 36 months",
        "Nobody has to be asked 5 % 10 % if earned one line 10 %, Net 30", "CSM, renewal specialist 10 % one line 15 %",
        "Executive any any off one line, Net 120", "Legal, product no discount", "Custom clauses Legal",
        "The whole proposal Manager (executive may decide too) , from a size on", "USD 50,000 25,000",
        "2 Manager 3 Executive",
    ):
        assert words in page, words
    assert "What your draft would change" not in page


def test_a_csm_reads_and_draws_up_and_does_not_publish(standing: World) -> None:
    maya = standing.signed_in(MAYA)

    page = said(maya.get("/admin/matrix", params=STRICTER).text)
    answer = maya.post("/admin/matrix", STRICTER | {"reason": "x", "base": "matrix@1"}, page="/admin/matrix")

    assert SENTENCE in page
    assert "Publish this matrix" not in page
    assert "needs a manager, finance or an administrator" in page
    assert answer.status_code == 403
    assert newest(standing).number == 1


# Drawing up a change


def test_a_draft_goes_from_the_table_to_what_it_would_change_and_back(standing: World) -> None:
    farah = standing.signed_in(FARAH)

    sent = farah.post("/admin/matrix/draft", fields(farah, "smb") | STRICTER, page="/admin/matrix/draft")
    looked = farah.client.get(sent.headers["location"]).text
    back = html.unescape(re.findall(r'href="([^"]+)">Go on with the draft', looked)[0])

    assert sent.headers["location"] == "/admin/matrix?cell.policy.smb.12.discount=3"  # only what differs
    assert SENTENCE in said(looked)
    assert "was 5 %" in said(looked)
    assert 'name="cell.policy.smb.12.discount" value="3"' in farah.get(back).text


@pytest.mark.parametrize("part", ["enterprise", "mid-market", "smb", "reviews"])
def test_the_table_as_it_stands_is_no_draft(standing: World, part: str) -> None:
    farah = standing.signed_in(FARAH)

    answer = farah.post("/admin/matrix/draft", fields(farah, part), page="/admin/matrix/draft")

    assert answer.headers["location"] == "/admin/matrix"
    assert "Nothing is another than it is already." in said(farah.get("/admin/matrix").text)


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("cell.csm.smb.12.discount", "", "CSM, SMB, up to 12 months, off the whole : Nothing stands here"),
        ("cell.csm.smb.more.line", "120", "CSM, SMB, more than 36 months, off one line : Write a percentage"),
        ("cell.ae.mid-market.24.net_days", "soon", "Account executive, mid-market, 13 to 24 months, days to pay : "),
        ("order.legal", "0", "Legal, in which step : Write a step from 1 to 9"),
        ("proposal.from.USD", "a lot", "Whole proposal from, USD : This is no amount in USD"),
        ("clauses.legal", "no", "Custom clauses : This is empty; somebody must be asked."),
    ],
)
def test_what_can_not_be_so_is_refused_beside_its_cell_and_nothing_is_lost(
    standing: World, name: str, typed: str, words: str
) -> None:
    farah = standing.signed_in(FARAH)
    form = fields(farah, part_of(name)) | {"cell.ae.smb.12.discount": "12.5", name: typed}

    answer = farah.post("/admin/matrix/draft", form, page="/admin/matrix/draft")

    assert answer.status_code == 422
    assert words in said(answer.text)
    assert 'name="cell.ae.smb.12.discount" value="12.5"' in answer.text
    assert f'name="{name}" value="{typed}"' in answer.text or name == "clauses.legal"
    assert newest(standing).number == 1


def test_percent_days_amounts_and_roles_are_written_as_people_write_them(standing: World) -> None:
    changes = {
        "cell.ae.smb.12.discount": "12,25 %", "cell.finance.smb.24.net_days": "120", "proposal.from.USD": "60,000",
        "order.legal": "2", "clauses.executive": "also", "expansion.standing": "20",
    }

    with standing.reading() as session:
        draft = Draft.of(session, changes)

    assert draft.says == (
        "An account executive, SMB, up to 12 months: 12.25 % off the whole instead of 10.0 %.",
        "Finance, SMB, 13 to 24 months: 120 days to pay instead of 90.",
        "Legal is asked in step 2 instead of 1.",
        "Custom clauses: legal (or an executive) instead of legal.",
        "The whole proposal is read from USD 60,000.00 instead of USD 50,000.00.",
        "Policy grants 20.0 % off what is new by itself instead of 25.0 %.",
    )


def fields(visitor: Visitor, part: str) -> dict[str, str]:
    """One part of the form as its page shows it."""
    page = visitor.get("/admin/matrix/draft", params={"part": part}).text
    entries = re.findall(r'<input class="sieve__input[^>]* name="([^"]+)" value="([^"]*)"', page)
    chosen = re.findall(r'<select [^>]*name="([^"]+)".*?<option value="(\w+)" selected', page)
    assert len(entries) + len(chosen) == (55 if part == "reviews" else 112)
    return {"part": part, **dict([*entries, *chosen])}


# Publishing


def test_publishing_asks_for_a_reason_and_a_day_that_has_not_gone_by(world: World) -> None:
    farah = world.signed_in(FARAH)

    refused = [
        publish(farah, STRICTER, reason=" "), publish(farah, STRICTER, begins_on="2026-08-04"),
        publish(farah, STRICTER, begins_on="soon"),
    ]
    published = publish(farah, STRICTER)

    assert [(answer.status_code, SENTENCE in said(answer.text)) for answer in refused] == [(422, True)] * 3
    assert "Say why the matrix changes." in said(refused[0].text)
    assert "Choose today or a later day" in said(refused[1].text)
    assert 'value="Less by itself"' in refused[1].text  # nothing is lost
    assert published.status_code == 303
    assert (newest(world).number, newest(world).begins_on) == (2, date(2026, 8, 5))


def test_nobody_overwrites_what_another_published_unseen_even_before_it_begins(world: World) -> None:
    farah, ines = world.signed_in(FARAH), world.signed_in(INES)
    form = {"cell.ae.smb.12.discount": "11", "base": "matrix@1", "reason": "x", "begins_on": "2026-08-05"}

    publish(farah, STRICTER, begins_on="2026-09-01")
    answer = ines.post("/admin/matrix", form, page="/admin/matrix")
    page = said(ines.get("/admin/matrix").text)

    assert answer.status_code == 409
    assert "Somebody published another version in the meantime" in said(answer.text)
    assert re.search(r"Version 2 begins on 1 Sep\w* 2026", page), page
    assert "Version 1, in force since" in page
    assert newest(world).number == 2


def test_a_quote_begun_before_keeps_its_version(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        before = at.draft(discount=400)
        named = before.name

    publish(world.signed_in(FARAH), STRICTER)

    with desk(world, "juno-studio") as at:
        after = at.submitted(discount=400)
        assert (after.matrix, after.newest.needs) == ("matrix@2", 1)
    with desk(world, "cedar-dental") as at:
        quote = next(one for one in type(before).of_renewal(at.session, at.renewal.id) if one.name == named)
        deciding.submit(quote, by=at.who(MAYA), at=AT)
        assert (quote.matrix, quote.newest.needs, quote.state) == ("matrix@1", 0, "approved")
    page = said(world.signed_in(MAYA).get("/admin/matrix").text)
    assert "1 quote is judged by version 1 1 quote is judged by version 2, the one in force" in page


def test_every_version_says_who_when_why_and_what_and_an_old_one_comes_back(world: World) -> None:
    farah = world.signed_in(FARAH)
    publish(farah, STRICTER)
    page = farah.get("/admin/matrix/versions")

    answer = publish(farah, {"again": "matrix@1"}, reason="It was too strict")

    assert f"Version 2 Less by itself {SENTENCE} Farah" in said(page.text)
    assert "no quote under way · in force" in said(page.text)
    assert 'href="/admin/matrix?again=matrix%401"' in page.text
    assert answer.status_code == 303
    assert newest(world).content == shipped(PolicyKind.MATRIX)
    assert farah.get("/admin/matrix", params={"again": "matrix@9"}).status_code == 422


# What it would have done


def test_without_past_quotes_the_preview_says_so(standing: World) -> None:
    page = said(standing.signed_in(FARAH).get("/admin/matrix", params=STRICTER).text)

    assert "No quote has been decided since 5 August 2025, so there is nothing to replay." in page


def test_the_replay_counts_what_the_same_quotes_come_to_by_hand(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        at.submitted(discount=400)  # at once, and no more
    with desk(world, "juno-studio") as at:
        small = at.submitted(discount=900)  # a specialist's, and at once from now on
        later = replace(at, at=AT + timedelta(hours=5))
        later.grant(small, RAVI)
    with desk(world) as at:
        large = at.submitted(discount=1200)
        replace(at, at=AT + timedelta(days=2)).grant(large, FARAH)
        replace(at, at=AT + timedelta(days=2, hours=1)).grant(large, INES)
    with desk(world, "northwind-freight") as at:
        waiting = at.submitted(by=OMAR, discount=900)  # not decided yet: it is not of the past
        assert waiting.is_live
    changes = STRICTER | {"cell.policy.smb.12.earned": "3", "cell.finance.enterprise.12.discount": "11"}
    before = Matrix.parse("matrix@1", shipped(PolicyKind.MATRIX))

    with world.reading() as session:
        draft, known = Draft.of(session, changes), decided(session, AT - timedelta(days=365))
        found = preview(session, draft, at=AT + timedelta(days=3)).replayed
        asked = {one.account: Asked.read(one.quote.newest.asked) for one in known}
        given = {one.account: one.past.given for one in known}

    needs = {name: (before.needs(each), draft.matrix.needs(each)) for name, each in asked.items()}
    assert found == replay(before, draft.matrix, [one.past for one in known])
    assert sorted(asked) == ["Cedar Dental", "Halden Bank", "Juno Studio"]
    assert (found.before.at_once, found.after.at_once) == tuple(
        sum(not pair[side] for pair in needs.values()) for side in (0, 1)
    ) == (1, 0)
    assert found.tightened_margin == {"USD": given["Cedar Dental"]}
    assert dict(chain.from_iterable(one.past.decided for one in known)) == {
        "specialist": 300, "finance": 2 * 1440, "manager": 60,
    }
    page = said(world.signed_in(FARAH).get("/admin/matrix", params=changes).text)
    assert "Replayed over all 3 quotes" in page
    assert "These are few" in page
    assert "Approved at once 33 % → 0 % 1 → 0 of 3" in page
    assert "Whose price would be looked at Q-00001 Cedar Dental 4 % off" in page
