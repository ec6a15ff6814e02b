"""Cards that are not on file, that the bank doubts or refuses: nothing is lost and nothing is paid twice."""

import re

from playwright.sync_api import Page, expect

from e2e.company import Company
from e2e.deed import accept_terms, expect_heading, go_to_stripe, pay_at_stripe, renew
from e2e.demo import Demo
from e2e.window import PHONE, Windows, links_in

VISA, ASKS_THE_BANK = "4242424242424242", "4000002760003184"
DECLINED, TOO_LITTLE_MONEY = "4000000000000002", "4000000000009995"
AISYAH = "aisyah@pelangi-cafe.example"


def test_pelangi_cafe_pays_in_malay_on_a_phone_without_javascript(demo: Demo, windows: Windows) -> None:
    renewal = demo.account("Pelangi Café")["renewal_id"]
    page = windows.open(width=PHONE, language="ms", java_script_enabled=False)
    page.goto(links_in(demo.mail(AISYAH, "renewal_ready")["text"])[0])
    page.get_by_role("button", name="Teruskan").click()
    page.get_by_role("radio", name="Baik", exact=True).check()
    page.get_by_role("checkbox", name="Saya menerima").check()
    page.get_by_role("button", name="Perbaharui Growth, 12 bulan, bayar MYR 23,040.00 dengan kad").click()
    page.get_by_role("checkbox", name="Saya menerima").check()
    page.get_by_role("checkbox", name="Simpan kad").check()
    page.get_by_role("button", name="Teruskan untuk membayar MYR 23,040.00").click()
    page.get_by_role("link", name="Teruskan ke Stripe").click()
    pay_at_stripe(page, VISA)

    expect_heading(page, "Growth sudah diperbaharui")
    [charge] = demo.charges(renewal)
    assert (charge["amount"], charge["currency"]) == (2304000, "myr")
    assert "MYR 23,040.00" in demo.mail(AISYAH, "receipt")["subject"]
    next_time = windows.open(signed_in=AISYAH, language="ms")
    next_time.goto("/")
    expect(next_time.get_by_text("Visa berakhir 4242")).to_be_visible()


def test_a_card_is_kept_only_when_that_was_agreed_to(windows: Windows, company: Company, owner: Page) -> None:
    go_to_stripe(owner)
    pay_at_stripe(owner, "5555555555554444")
    expect_heading(owner, "Growth is renewed")

    owner.goto("/")

    expect(owner.get_by_text("Visa ending 4242")).to_be_visible()


def test_the_bank_may_ask_at_stripe_whether_it_is_the_owner(demo: Demo, company: Company, owner: Page) -> None:
    go_to_stripe(owner)
    pay_at_stripe(owner, ASKS_THE_BANK)
    owner.get_by_role("button", name="Approve the payment").click()

    expect_heading(owner, "Growth is renewed")
    assert len(demo.charges(company.renewal)) == 1


def test_the_bank_may_ask_about_the_card_on_file(stripe: Demo, company: Company, owner: Page) -> None:
    stripe.switch("faults", next="authentication_required", times="1")
    renew(owner)
    expect_heading(owner, "Your bank wants to know that it is you")
    owner.get_by_role("link", name="Continue to your bank").click()
    owner.get_by_role("button", name="Approve the payment").click()

    expect_heading(owner, "Growth is renewed")
    assert len(stripe.charges(company.renewal)) == 1


def test_whoever_refuses_at_the_bank_can_choose_again(stripe: Demo, company: Company, owner: Page) -> None:
    stripe.switch("faults", next="authentication_required", times="1")
    renew(owner)
    owner.get_by_role("link", name="Continue to your bank").click()
    owner.get_by_role("button", name="Refuse it").click()
    expect_heading(owner, "The payment did not go through")
    assert stripe.charges(company.renewal) == []

    owner.get_by_role("link", name="Try the same card again").click()
    renew(owner)

    expect_heading(owner, "Growth is renewed")
    assert len(stripe.charges(company.renewal)) == 1


def test_a_declined_card_on_file_leads_to_another_card(stripe: Demo, company: Company, owner: Page) -> None:
    stripe.switch("faults", next="decline", times="1")
    owner.get_by_role("radio", name="Good").check()
    renew(owner)
    expect_heading(owner, "The payment did not go through")
    expect(owner.get_by_text("Nothing was charged, and what you chose is kept.")).to_be_visible()

    owner.get_by_role("link", name="Pay with another card").click()
    expect(owner.get_by_text("USD 4,320.00 now")).to_be_visible()
    accept_terms(owner)
    owner.get_by_role("button", name="Continue to pay").click()
    owner.get_by_role("link", name="Continue to Stripe").click()
    pay_at_stripe(owner, VISA)

    expect_heading(owner, "Growth is renewed")
    [charge] = stripe.charges(company.renewal)
    assert charge["amount"] == 432000


def test_a_card_declined_at_stripe_is_followed_by_one_that_pays(demo: Demo, company: Company, owner: Page) -> None:
    go_to_stripe(owner)
    for refused, why in ((DECLINED, "declined"), (TOO_LITTLE_MONEY, "insufficient funds")):
        pay_at_stripe(owner, refused)
        expect(owner.get_by_role("alert")).to_contain_text(why)
    pay_at_stripe(owner, VISA)

    expect_heading(owner, "Growth is renewed")
    assert len(demo.charges(company.renewal)) == 1


def test_back_from_stripe_without_paying_nothing_is_lost(demo: Demo, company: Company, owner: Page) -> None:
    go_to_stripe(owner)
    owner.get_by_role("link", name="Cancel and go back").click()
    expect_heading(owner, "You pay at Stripe and come back here")
    owner.get_by_role("button", name="Stop this payment and choose again").click()
    assert demo.charges(company.renewal) == []

    owner.get_by_role("radio", name="Good").check()
    renew(owner)

    expect_heading(owner, "Growth is renewed")
    [charge] = demo.charges(company.renewal)
    assert charge["amount"] == 432000


def test_a_page_at_stripe_left_open_can_no_longer_pay(demo: Demo, company: Company, owner: Page) -> None:
    go_to_stripe(owner)
    at_stripe = owner.context.new_page()
    at_stripe.goto(owner.url)
    owner.goto(f"/renewals/{company.renewal}/payment")
    owner.get_by_role("button", name="Stop this payment and choose again").click()
    renew(owner)
    expect_heading(owner, "Growth is renewed")

    pay_at_stripe(at_stripe, VISA)

    expect(at_stripe.get_by_role("heading", level=1)).to_have_text(re.compile("expired|Not any more"))
    assert len(demo.charges(company.renewal)) == 1
