"""Approvals on screen: the card a yes is given on, its ways out, who stands in for whom, and what the clock does."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.chores.quote import mind_quotes
from app.demo.mailbox import Mail
from app.work import Work
from renewals.quoting.envelope import EnvelopeGrant
from renewals.quoting.quote import Quote, QuoteState
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review, ReviewState
from tests.admin.test_record import said
from tests.quoting.desk import ANNA, FARAH, INES, MAYA, OMAR, desk
from tests.web.standing import changed, contents
from tests.world import PUBLIC_URL, World

ADDRESS = re.compile(rf"{re.escape(PUBLIC_URL)}(/admin/approvals/[0-9a-f-]+)")


def submitted(world: World, **changes: object) -> tuple[UUID, UUID]:
    """A quote of Halden Bank's and the first review that is open; Maya wrote it."""
    with desk(world) as at:
        quote = at.submitted(**{"discount": 1200} | changes)
        return quote.id, at.open(quote)[0].id


def quote_of(world: World, key: UUID) -> Quote:
    with world.reading() as session:
        return Quote.find(session, key)


def reviews_of(world: World, key: UUID) -> dict[str, ReviewState]:
    with world.reading() as session:
        newest = Quote.find(session, key).newest
        return {one.axis: one.state for one in Review.of_offer(session, newest.id)}


def mails(world: World, kind: str) -> list[Mail]:
    return [mail for mail in world.mails() if mail.kind == kind]


def test_the_card_says_what_is_asked_what_changed_and_what_it_does(world: World) -> None:
    _, review = submitted(world)

    page = said(world.signed_in(FARAH).get(f"/admin/approvals/{review}").text)

    for words in (
        "Halden Bank: 12 % off for one year", "What changed", "Off everything", "Below policy’s price",
        "Each year", "12.0 % off for 12 months in enterprise is above", "At 5.0 % or less nobody is asked.",
        "Waits for finance, a manager or an executive.", "Then a manager or an executive.",
        "No quote of this segment has been accepted or declined yet",
        "at stake", "% likely", "Q4 2026", "step by step", "Approve", "Approve up to…", "Ask Maya", "Refuse",
    ):
        assert words in page, words


def test_a_yes_on_the_card_leads_to_the_next_in_the_chain_and_then_to_the_author(world: World) -> None:
    key, review = submitted(world)
    path = f"/admin/approvals/{review}"

    answer = world.signed_in(FARAH).post(f"{path}/grant", page=path)
    world.work()
    [asked] = [mail for mail in mails(world, "approval_asked") if mail.to == [INES]]
    card = ADDRESS.search(asked.text)
    assert card
    world.signed_in(INES).post(f"{card[1]}/grant", page=card[1])
    world.work()

    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/approvals")
    assert quote_of(world, key).state is QuoteState.APPROVED
    [told] = mails(world, "quote_decided")
    assert told.to == [MAYA]
    assert told.subject == "Approved: Halden Bank: 12 % off for one year"
    assert "the last yes was Ines Carvalho’s" in told.text


def test_whoever_is_asked_gets_one_mail_for_all_that_is_theirs_and_looking_at_it_decides_nothing(world: World) -> None:
    key, _ = submitted(world)
    world.work()
    [asked] = [mail for mail in mails(world, "approval_asked") if mail.to == [FARAH]]
    link = ADDRESS.search(asked.text)
    assert link
    farah, before = world.signed_in(FARAH), contents(world)

    for method in ("GET", "HEAD"):
        assert farah.client.request(method, link[1], follow_redirects=False).status_code == 200

    assert changed(before, contents(world)) == []
    assert set(reviews_of(world, key).values()) == {ReviewState.OPEN, ReviewState.WAITING}
    assert asked.subject.startswith("Your yes by Thu 6 Aug, 17:00 UTC: Halden Bank: 12")
    assert asked.text.count("\n- ") == 2
    assert "Nothing is decided by this mail." in asked.text


def test_nobody_decides_their_own_quote_and_the_card_says_so(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(by=INES, discount=1200)
        review = at.open(quote)[0].id
    ines = world.signed_in(INES)
    path = f"/admin/approvals/{review}"

    page, answer = ines.get(path).text, ines.post(f"{path}/grant", page="/admin")

    assert "you wrote this quote: somebody else approves it" in page
    assert 'data-key="a"' not in page
    assert answer.status_code == 403
    assert "Nothing waits for you" in ines.get("/admin/approvals").text


@pytest.mark.parametrize(("way", "field", "state"), [
    ("return", "why_return", ReviewState.RETURNED), ("refusal", "why_refuse", ReviewState.REFUSED),
])
def test_a_no_needs_words_and_its_author_reads_them(world: World, way: str, field: str, state: ReviewState) -> None:
    key, review = submitted(world)
    farah, path = world.signed_in(FARAH), f"/admin/approvals/{review}"

    silent = farah.post(f"{path}/{way}", {field: " "}, page=path)
    answer = farah.post(f"{path}/{way}", {field: "Ask for two years & more in return"}, page=path)
    world.work()

    assert (silent.status_code, answer.status_code) == (422, 303)
    assert "Say what should change, or why not." in silent.text
    assert quote_of(world, key).state is QuoteState.DRAFT
    assert state in reviews_of(world, key).values()
    [told] = mails(world, "quote_decided")
    assert told.to == [MAYA]
    assert "“Ask for two years & more in return”" in told.text


def test_a_question_goes_to_the_author_and_stays_between_ourselves(world: World) -> None:
    key, review = submitted(world)
    farah, path = world.signed_in(FARAH), f"/admin/approvals/{review}"

    answer = farah.post(f"{path}/question", {"words": "Who else do they talk to?"}, page=path)
    world.work()

    assert answer.headers["location"] == path
    assert "Who else do they talk to?" in farah.get(path).text
    [told] = mails(world, "quote_decided")
    assert (told.to, told.subject[:33]) == ([MAYA], "Farah Aziz asks before deciding: ")
    with world.reading() as session:
        assert Remark.of_quote(session, key, inside=False) == []
    assert reviews_of(world, key)["discount"] is ReviewState.OPEN


def test_an_envelope_begins_just_around_what_is_asked_and_grants_what_was_typed(world: World) -> None:
    key, review = submitted(world)
    farah, path = world.signed_in(FARAH), f"/admin/approvals/{review}"

    page = farah.get(path).text
    form = {"most_discount": "14.5", "most_line": "20", "least_months": "24", "most_net_days": "45 ",
            "until": "2026-09-30"}
    answer = farah.post(f"{path}/envelope", form, page=path)

    assert re.search(r'name="most_discount"[^>]* value="12"', page)
    assert re.search(r'name="least_months"[^>]* value="12"', page)
    assert answer.status_code == 303
    with world.reading() as session:
        [grant] = session.query(EnvelopeGrant).filter_by(quote_id=key)
        drawn = grant.envelope
    assert (drawn.most_discount, drawn.most_line, drawn.least_months, drawn.most_net_days) == (1450, 2000, 24, 45)
    assert not drawn.proposal
    assert reviews_of(world, key)["discount"] is ReviewState.GRANTED


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"most_discount": "25"}, "Farah, this goes further than you may approve. Draw it smaller."),
    ({"most_discount": "a lot"}, "Write it like 18 or 18.5."),
    ({"most_net_days": "-3"}, "Give a whole number."),
    ({"least_months": "0"}, "A term has a month at least."),
    ({"until": "2026-08-01"}, "Choose a day that has not gone by."),
])
def test_an_envelope_that_can_not_be_granted_says_why_and_loses_nothing(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    key, review = submitted(world)
    path = f"/admin/approvals/{review}"
    form = {"most_discount": "14", "most_line": "20", "least_months": "12", "most_net_days": "45",
            "until": "2026-09-30"} | changes

    answer = world.signed_in(FARAH).post(f"{path}/envelope", form, page=path)

    assert answer.status_code == 422
    assert sentence in answer.text
    for name, typed in form.items():
        assert re.search(rf'name="{name}"[^>]* value="{typed}"', answer.text), name
    assert reviews_of(world, key)["discount"] is ReviewState.OPEN


def test_a_colleague_decides_while_somebody_is_away_and_no_longer(world: World) -> None:
    key, review = submitted(world)
    farah, omar, path = world.signed_in(FARAH), world.signed_in(OMAR), f"/admin/approvals/{review}"
    days = {"to": str(world.person(OMAR).id), "from_on": "2026-08-05", "until_on": "2026-08-12"}
    refused = omar.post(f"{path}/grant", page="/admin").status_code

    wrong = farah.post("/admin/approvals/absence", days | {"until_on": "2026-08-01"}, page="/admin/approvals")
    farah.post("/admin/approvals/absence", days, page="/admin/approvals")
    waits = omar.get("/admin/approvals").text
    ending = re.search(r'action="(/admin/approvals/absence/[^"]+/ending)"', farah.get("/admin/approvals").text)
    assert ending
    someone_else = omar.post(ending[1], page="/admin/approvals").status_code
    card = omar.get(path).text
    farah.post(ending[1], page="/admin/approvals")

    assert (refused, wrong.status_code, someone_else) == (403, 422, 404)
    assert "You decide for Farah Aziz until" in waits
    assert "You decide in place of Farah Aziz." in card
    assert omar.post(f"{path}/grant", page="/admin").status_code == 403
    assert reviews_of(world, key)["discount"] is ReviewState.OPEN


def test_somebody_else_with_the_authority_is_named_and_asked(world: World) -> None:
    key, review = submitted(world)
    path, ines = f"/admin/approvals/{review}", world.person(INES)

    nobody = world.signed_in(FARAH).post(f"{path}/person", {"person": str(world.person(MAYA).id)}, page=path)
    answer = world.signed_in(FARAH).post(f"{path}/person", {"person": str(ines.id)}, page=path)
    world.work()

    assert (nobody.status_code, answer.status_code) == (422, 303)
    assert INES in [to for mail in mails(world, "approval_asked") for to in mail.to]
    assert world.signed_in(INES).post(f"{path}/grant", page=path).status_code == 303
    assert ReviewState.GRANTED in reviews_of(world, key).values()


def test_what_was_decided_already_is_told_calmly(world: World) -> None:
    _, review = submitted(world)
    farah, path = world.signed_in(FARAH), f"/admin/approvals/{review}"
    farah.post(f"{path}/grant", page=path)

    again, page = farah.post(f"{path}/grant", page="/admin"), farah.get(path).text

    assert again.status_code == 409
    assert "This is granted already" in again.text
    assert "Yes from Farah Aziz." in page


def test_who_does_not_answer_is_reminded_and_a_day_later_somebody_above_hears_of_it(world: World) -> None:
    submitted(world)
    world.work()
    told = []
    for day in (datetime(2026, 8, 6, tzinfo=UTC), datetime(2026, 8, 7, tzinfo=UTC), datetime(2026, 8, 8, tzinfo=UTC)):
        world.stand_at(day.date())
        for _ in range(2):
            Work(world.house).run(mind_quotes)
            world.work()
        told.append([(mail.to, mail.subject.split(",")[0].split(":")[0]) for mail in mails(world, "approval_overdue")])

    reminded = [([FARAH], "Still waiting for your yes"), ([OMAR], "Still waiting for your yes")]
    assert told[0] == []
    assert sorted(told[1]) == reminded
    assert sorted(told[2]) == sorted([*reminded, ([INES], "Nobody has answered")])
    assert re.search("(Farah Aziz|Omar Haddad) has not answered", mails(world, "approval_overdue")[-1].text)


def test_the_list_counts_what_is_due_and_shows_what_others_wait_for(world: World) -> None:
    submitted(world)
    world.stand_at(datetime(2026, 8, 6, tzinfo=UTC).date())

    farah = said(world.signed_in(FARAH).get("/admin/approvals").text)
    ines = said(world.signed_in(INES).get("/admin/approvals").text)

    assert "1 waits for your yes 1 due today 0 with others" in farah
    assert "The discount Maya Iskandar due today 17:00" in farah
    assert "Nothing waits for you 1 with others" in ines
    assert 'href="/admin/approvals"' not in world.signed_in(MAYA).get("/admin").text


def test_a_customer_reads_of_their_proposal_and_the_link_in_it_leads_there(world: World) -> None:
    with desk(world) as at:
        quote = at.sent(FARAH, INES, discount=1200).id
    world.work()
    [mail] = [mail for mail in mails(world, "proposal") if mail.to == [ANNA]]
    link = next(word for word in mail.text.split() if f"?to=proposals/{quote}" in word).removeprefix(PUBLIC_URL)
    visitor = world.visitor()

    came = visitor.post(link, page=link)

    assert mail.subject.startswith("Our proposal for ")
    assert "USD " in mail.subject
    assert came.headers["location"] == f"/proposals/{quote}"
    assert visitor.post(f"{link.partition('?')[0]}?to=//evil", page=link).headers["location"].startswith("/renewals/")


def test_no_letter_about_a_quote_lacks_anything_and_those_to_customers_say_nothing_of_our_work(world: World) -> None:
    from renewals.quoting import negotiating

    with desk(world) as at:
        quote, anna = at.sent(FARAH, INES, discount=1200), at.who(ANNA)
        negotiating.remark(quote, "Why this?", by=anna, at=at.at)
        negotiating.counter(quote, at.deal(quote, discount=1300), "A little more", by=anna, at=at.at)
        negotiating.take(quote, at.yes(quote.shown), by=anna, at=at.at)  # type: ignore[arg-type]

    world.work()

    answered = [mail.subject for mail in mails(world, "quote_answered") if mail.to == [MAYA]]
    assert sorted(subject.split(" Q-")[0] for subject in answered) == [
        "Halden Bank accepted", "Halden Bank asks 13 % for one year", "Halden Bank asks about",
    ]
    [agreed] = mails(world, "proposal_accepted")
    assert agreed.to == [ANNA]
    for mail in (agreed, *mails(world, "proposal")):
        assert not re.search(r"discount|effective|approv|authority|internal|diskaun", mail.text + mail.html)
