"""Leaving: as easy as staying, acknowledged, taken back until the last day, and one honest offer on the way."""

import re
from datetime import date

from renewals.renewal import Renewal
from tests.auto_renewal.juno import A_DAY, DECIDE_BY, JONAS, Juno
from tests.world import CSRF, TERMS, World

LINK = re.compile(r"(/links/[A-Za-z0-9_-]+)\?to=opt-out")


def test_leaving_by_the_mail_takes_no_more_presses_than_renewing(juno: Juno) -> None:
    """From the mail to the deed: the same link and its button; then one button to leave, a tick and a button to pay."""
    visitor = juno.world.visitor()
    presses = {"leave": 0, "renew": 0}
    link = LINK.search(juno.mails("legal_notice")[0].text)
    assert link

    visitor.post(f"{link[1]}?to=opt-out", page=f"{link[1]}?to=opt-out")
    presses["leave"] += 2  # the link, and the button behind it
    page = visitor.get(f"/renewals/{juno.renewal}/opt-out").text
    visitor.post(f"/renewals/{juno.renewal}/opt-out", page=f"/renewals/{juno.renewal}/opt-out")
    presses["leave"] += 1
    ticks = TERMS.search(juno.world.signed_in(JONAS).get(f"/renewals/{juno.renewal}/card").text)
    presses["renew"] = 2 + bool(ticks) + 1

    with juno.world.reading() as session:
        assert session.get_one(Renewal, juno.renewal).is_declined
    assert CSRF.search(page) and "required" not in page.split('action="/renewals/')[1]
    assert presses["leave"] <= presses["renew"]


def test_it_is_acknowledged_by_mail_and_taken_back_until_the_last_day(juno: Juno) -> None:
    jonas, page = juno.world.signed_in(JONAS), f"/renewals/{juno.renewal}/opt-out"
    juno.world.stand_at(DECIDE_BY)
    jonas.post(page, page=page)
    juno.world.work()

    assert [JONAS] in [mail.to for mail in juno.mails("declined")]
    assert jonas.post(f"{page}/withdrawal", page=page).status_code == 303
    jonas.post(page, page=page)
    juno.world.stand_at(DECIDE_BY + A_DAY)
    assert jonas.post(f"{page}/withdrawal", page=f"/renewals/{juno.renewal}/ask").status_code == 409


def test_after_the_last_day_the_page_promises_nothing_that_is_refused(juno: Juno) -> None:
    jonas, page = juno.world.signed_in(JONAS), f"/renewals/{juno.renewal}/opt-out"
    juno.world.stand_at(DECIDE_BY + A_DAY)

    assert "The last day to say no was" in jonas.get(page).text
    assert f'action="/renewals/{juno.renewal}/opt-out"' not in jonas.get(page).text
    assert jonas.post(page, page=f"/renewals/{juno.renewal}/ask").status_code == 409


def test_a_contract_that_ends_by_itself_hears_a_no_until_it_does_and_says_when_it_is_final(world: World) -> None:
    """Cedar decides by 21 August and ends on 3 September; the notice binds nobody."""
    ruth, page = world.signed_in("ruth@cedar-dental.example"), f"/renewals/{world.renewal('cedar-dental')}/opt-out"
    world.stand_at(date(2026, 9, 3))
    assert ruth.post(page, page=page).status_code == 303
    assert ruth.post(f"{page}/withdrawal", page=page).status_code == 303
    world.stand_at(date(2026, 9, 6))

    assert "this can not be taken back" in ruth.get(page).text
    assert ruth.post(page, page=page).status_code == 303
    assert "It can not be taken back any more." in ruth.get(page).text
    assert ruth.post(f"{page}/withdrawal", page=f"{page[:-8]}/ask").status_code == 409
    world.work()
    assert "It can not be taken back any more." in world.mails()[-1].text


def test_one_offer_is_made_once_beside_a_button_of_the_same_weight(juno: Juno) -> None:
    jonas, page = juno.world.signed_in(JONAS), f"/renewals/{juno.renewal}/opt-out"

    first = jonas.get(page).text
    jonas.post(page, page=page)
    jonas.post(f"{page}/withdrawal", page=page)
    second = jonas.get(page).text

    offered = re.findall(r'class="(button[^"]*)"[^>]*>(Ask for [^<]+)<', first)
    assert [weight for weight, _ in offered] == ["button"]
    assert re.search(r'<button class="button">Do not renew</button>', first)
    assert "Ask for fewer seats" not in second and "Ask for a call" not in second
