"""What was signed beside the price is read, said and asked for on the pages of both sides."""

from datetime import date

from renewals.message import MessageKind
from tests.clauses.contract import CEDAR, RUTH, day_comes, signed, used
from tests.quoting.desk import MAYA, desk
from tests.world import World


def test_a_year_goes_by_and_all_three_act_from_the_signed_term_without_typing(world: World) -> None:
    signed(world, clauses=("off_ramp", "renegotiation", "true_up"))
    used(world, date(2027, 8, 1), 27)
    day_comes(world, date(2027, 9, 4))
    renewal = world.renewal(CEDAR)
    maya, ruth, page = world.signed_in(MAYA), world.signed_in(RUTH), f"/admin/renewals/{renewal}"

    opened = maya.post(f"{page}/renegotiation", {"change": "Insights leaves the plan"}, page=page)
    record = maya.get(page).text
    left = maya.post(
        f"{page}/termination", {"event": "acquisition", "told_on": "2027-09-04", "evidence": "Their letter"}, page=page
    )
    world.work()

    assert opened.status_code == 303, opened.text
    assert opened.headers["location"].startswith("/admin/quotes/")
    assert left.status_code == 303, left.text
    assert "27 of" in record and "3,024" in record and "Told today, the term ends on" in record
    rooms = ruth.get("/documents").text
    assert "True-up of" in rooms and "Ended early" in rooms
    told = [(mail.kind, mail.to[0]) for mail in world.mails()]
    for kind in (MessageKind.TRUE_UP, MessageKind.TERM_LEFT, MessageKind.RENEGOTIATION):
        assert {(kind.value, RUTH), (kind.value, MAYA)} <= set(told)


def test_the_customer_reads_the_words_they_accept_in_their_own_language(world: World) -> None:
    with desk(world, CEDAR) as at:
        quote = at.sent(clauses=("off_ramp", "true_up")).id
    ruth = world.signed_in(RUTH)

    page, json = ruth.get(f"/proposals/{quote}").text, ruth.get(f"/proposals/{quote}.json").json()
    ruth.client.cookies["kekal_locale"] = "ms"
    malay = ruth.get(f"/proposals/{quote}").text

    assert "90 days&#39; notice" in page or "90 days' notice" in page
    assert "25% of what is left of the term" in page
    assert json["clauses"] == ["off_ramp", "true_up"]
    assert json["clause_words"][0]["title"] == "Off-ramp"
    assert ruth.get(f"/proposals/{quote}/pdf").status_code == 200
    assert "Jalan keluar" in malay
