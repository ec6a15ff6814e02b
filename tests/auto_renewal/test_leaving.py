"""Leaving: as easy as staying, acknowledged, taken back until the last day, and one honest offer on the way."""

import re

from renewals.renewal import Renewal
from tests.auto_renewal.juno import A_DAY, DECIDE_BY, JONAS, Juno
from tests.world import CSRF, TERMS

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
