"""By itself: Juno Studio's contract renews by itself, from the notice to the term that follows."""

import copy
from uuid import UUID

from sqlalchemy import select

from app.chores.auto_renewal import renew_automatically
from app.work import Work
from renewals.acceptance import Acceptance
from renewals.account import Consent
from renewals.event import EventName
from renewals.notice import NoticeState
from renewals.payment import PaymentKind, PaymentState
from renewals.policy import PolicyKind, shipped
from renewals.renewal import Renewal, RenewalState
from tests.auto_renewal.juno import A_DAY, DECIDE_BY, JONAS, RENEWS_ON, Juno
from tests.crash.oracle import violations


def test_the_notice_was_served_by_mail_on_one_of_its_days(juno: Juno) -> None:
    notice = juno.notice()
    mail = juno.mails("legal_notice")[0]

    assert notice.state is NoticeState.SERVED
    assert notice.served_on and notice.window_from <= notice.served_on <= notice.window_to
    assert notice.deadline == DECIDE_BY
    assert notice.proof == mail.message_id
    assert mail.to == [JONAS]
    for said in ("EUR 6,120.00", "19 Sep 2026", "20 Aug 2026"):
        assert said in mail.subject
    for said in ("Thursday, 20 August 2026", "EUR 6,120.00", "no change", "12 months", "to=opt-out"):
        assert said in mail.text
    assert "?to=opt-out" in mail.html


def test_nothing_is_charged_before_its_date_and_everything_on_it(juno: Juno) -> None:
    notice = juno.notice()

    juno.live(RENEWS_ON - A_DAY)
    assert juno.charges() == []
    juno.live(RENEWS_ON)
    juno.live(RENEWS_ON + A_DAY)

    with juno.world.reading() as session:
        done = session.get_one(Renewal, juno.renewal)
        yes = session.scalars(select(Acceptance).where(Acceptance.renewal_id == juno.renewal)).one()
        consent = session.get_one(Consent, UUID(yes.evidence["consent"]))
    assert juno.charges() == [notice.price_minor]
    assert [(one.kind, one.state, one.asked_by) for one in juno.world.payments(juno.renewal)] == [
        (PaymentKind.OFF_SESSION, PaymentState.SUCCEEDED, None)
    ]
    assert (done.state, yes.evidence["notice"], consent.kind) == (
        RenewalState.WON, str(notice.id), "auto_renewal"
    )
    assert [mail.to for mail in juno.mails("receipt")] == [[JONAS]]


def test_afterwards_the_oracle_has_nothing_to_say(juno: Juno) -> None:
    juno.live(RENEWS_ON)
    juno.live(RENEWS_ON + A_DAY)

    with juno.world.writing() as session:
        assert violations(session, juno.world.sandbox, juno.world.mails(), juno.renewal) == []


def test_a_card_that_does_not_pay_is_tried_four_times_then_a_person_hears_of_it(juno: Juno) -> None:
    juno.world.put_card("juno-studio", "pm_card_chargeCustomerFail", "0341")

    for day in range(16):
        juno.live(RENEWS_ON + day * A_DAY)

    tried = [(one.sent_at.date() - RENEWS_ON).days for one in juno.world.payments(juno.renewal)]
    with juno.world.reading() as session:
        owner = session.get_one(Renewal, juno.renewal).owner
        open_still = session.get_one(Renewal, juno.renewal).is_open
    assert tried == [0, 1, 3, 5]
    assert juno.charges() == []
    assert len(juno.mails("card_failed")) == 4
    assert "do not try the card again" in juno.mails("card_failed")[-1].text
    assert owner and owner.email in [to for mail in juno.mails("held_back") for to in mail.to]
    assert open_still


def test_another_policy_tries_the_card_on_other_days_and_no_others(juno: Juno) -> None:
    juno.world.put_card("juno-studio", "pm_card_chargeCustomerFail", "0341")
    content = copy.deepcopy(shipped(PolicyKind.PLAN))
    retry = next(rule for rule in content["automation"] if rule["kind"] == "retry")
    retry["at"] = [-2]
    juno.publish(PolicyKind.PLAN, content)

    for day in range(7):
        juno.live(RENEWS_ON + day * A_DAY)

    assert [(one.sent_at.date() - RENEWS_ON).days for one in juno.world.payments(juno.renewal)] == [0, 2]
    assert "do not try the card again" in juno.mails("card_failed")[-1].text


def test_when_whoever_agreed_has_left_the_one_with_the_budget_hears_of_the_card(juno: Juno) -> None:
    juno.world.put_card("juno-studio", "pm_card_chargeCustomerFail", "0341")
    juno.alter("UPDATE person SET active = false WHERE email = 'jonas@juno-studio.example'")
    juno.alter("UPDATE stake SET buying_roles = '{economic_buyer}' WHERE person_id = "
               "(SELECT id FROM person WHERE email = 'mara@juno-studio.example')")

    juno.live(RENEWS_ON)

    assert [mail.to for mail in juno.mails("card_failed")] == [["mara@juno-studio.example"]]


def test_a_bank_that_wants_to_see_them_is_answered_by_a_link_and_the_term_is_not_lost(juno: Juno) -> None:
    juno.world.put_card("juno-studio", "pm_card_authenticationRequired", "3184")
    juno.live(RENEWS_ON)

    mail = juno.mails("card_failed")[0]
    page = juno.world.signed_in(JONAS).get(f"/renewals/{juno.renewal}").text

    assert juno.charges() == []
    assert "asks you to confirm" in mail.subject
    assert "/links/" in mail.text
    assert 'name="option"' in page
    juno.world.signed_in(JONAS).click(juno.renewal)
    assert juno.world.payments(juno.renewal)[-1].state is PaymentState.REQUIRES_ACTION


def test_a_job_that_is_run_twice_makes_one_attempt(juno: Juno) -> None:
    juno.world.put_card("juno-studio", "pm_card_chargeCustomerFail", "0341")
    juno.live(RENEWS_ON)
    event = juno.events(EventName.RENEWAL_FELL_DUE)[0]
    for _ in range(3):
        Work(juno.world.house).run(renew_automatically, subject=juno.renewal, event=event.id)

    assert len(juno.world.payments(juno.renewal)) == 1


def test_a_server_that_was_down_for_a_month_charges_nothing_late(juno: Juno) -> None:
    for day in (40, 41):
        juno.live(RENEWS_ON + day * A_DAY)

    assert juno.charges() == []
    assert all("due" in names for names in juno.held_back()) and juno.held_back()


def test_who_said_no_in_time_is_never_charged(juno: Juno) -> None:
    juno.live(DECIDE_BY)
    answer = juno.world.signed_in(JONAS).post(f"/renewals/{juno.renewal}/opt-out", page=f"/renewals/{juno.renewal}")
    for day in range(7):
        juno.live(RENEWS_ON + day * A_DAY)

    with juno.world.reading() as session:
        assert session.get_one(Renewal, juno.renewal).state is RenewalState.LOST
    assert answer.status_code == 303
    assert juno.charges() == []
    assert juno.mails("declined")


def test_its_receipt_says_that_nobody_pressed_anything_names_the_invoice_and_until_when_it_can_be_cancelled(
    juno: Juno,
) -> None:
    juno.live(RENEWS_ON)

    text = juno.mails("receipt")[0].text

    assert "It renewed by itself, as your contract says and our notice announced." in text
    assert "Invoice: " in text and "Your documents:" in text
    assert "have its price back until 3 October 2026" in text
    assert f"/renewals/{juno.renewal}/payment" in text
