"""Renewing with the keyboard alone, and hearing what changes."""

from playwright.sync_api import Page, expect

from e2e.company import Company
from e2e.deed import RENEW, expect_heading
from e2e.demo import Demo

MOST_STOPS = 40


def tab_to(page: Page, role: str) -> None:
    """Press Tab until something of that kind has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type || document.activeElement.tagName") == role:
            return
    raise AssertionError(f"No {role} can be reached with Tab.")


def test_tab_arrows_space_and_enter_renew(demo: Demo, company: Company, owner: Page) -> None:
    button = owner.get_by_role("button", name=RENEW)
    tab_to(owner, "radio")
    before = button.inner_text()

    owner.keyboard.press("ArrowUp")
    chosen = owner.get_by_role("radio", checked=True)
    expect(chosen).to_be_focused()
    expect(chosen).to_have_accessible_name("Good")
    expect(button).not_to_have_text(before)
    expect(button).to_contain_text("USD 4,320.00")
    expect(owner.get_by_role("status").filter(has_text="Total now USD 4,320.00")).to_have_count(1)
    tab_to(owner, "checkbox")
    owner.keyboard.press("Space")
    tab_to(owner, "submit")
    owner.keyboard.press("Enter")

    expect_heading(owner, "Growth is renewed")
    [charge] = demo.charges(company.renewal)
    assert charge["amount"] == 432000


def test_the_first_tab_skips_to_the_content(owner: Page) -> None:
    owner.keyboard.press("Tab")
    skip = owner.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    owner.keyboard.press("Enter")

    expect(owner.get_by_role("main")).to_be_focused()


def test_whatever_has_the_focus_is_not_hidden_by_the_paying_bar(owner: Page) -> None:
    owner.set_viewport_size({"width": 360, "height": 640})
    hidden = []
    for _ in range(MOST_STOPS):
        owner.keyboard.press("Tab")
        hidden += owner.evaluate(COVERED)

    assert hidden == []


COVERED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), bar = document.querySelector("form.act");
  if (one === document.body || bar.contains(one)) return [];
  const edge = bar.getBoundingClientRect();
  return box.top >= edge.top && box.bottom <= edge.bottom ? [one.outerHTML.slice(0, 120)] : [];
}"""
