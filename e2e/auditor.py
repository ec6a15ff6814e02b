"""Auditor: looks at a page as a person with a checklist would, in both themes, wide and on a phone."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Error, Page

from e2e.window import PHONE, WIDE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
SHAPE_RULES = [
    "aria-hidden-focus", "button-name", "heading-order", "label", "landmark-one-main", "link-name",
    "page-has-heading-one", "region", "scrollable-region-focusable", "target-size",
]
"""What another width can break: what is folded away, moved or made smaller."""
LOOK = f"options => {{ if (!window.axe) {{ {AXE_SCRIPT} }} return axe.run(options) }}"
"""In one go: a page that waits for something looks again by itself, and a new one knows nothing of the checklist."""
GLANCES = 3
WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Auditor:
    """At a glance: everything wide and light, and whether a phone scrolls sideways. Closely: what the dark on a phone
    can change, too. Colours are the same in every language, and are looked at in English.
    """

    def __init__(self, *, closely: bool) -> None:
        self.closely = closely

    def faults_of(self, page: Page) -> list[str]:
        """Each as a line."""
        in_english = page.locator("html").get_attribute("lang") == "en"
        page.emulate_media(reduced_motion="reduce")  # nothing is looked at while it fades
        faults = []
        if in_english or self.closely:
            faults += _seen(page, "wide, light", _everything(colours=in_english))
        page.set_viewport_size({"width": PHONE, "height": 740})
        if self.closely:
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            faults += _seen(page, "phone, dark", _only([*SHAPE_RULES, *COLOUR_RULES] if in_english else SHAPE_RULES))
            page.emulate_media(color_scheme="light")
        if page.evaluate(WIDER_THAN_THE_WINDOW):
            faults.append(f"{page.url} (phone): scrolls sideways")
        page.set_viewport_size({"width": WIDE, "height": 740})
        return faults


def _everything(*, colours: bool) -> dict[str, Any]:
    rules = {} if colours else {rule: {"enabled": False} for rule in COLOUR_RULES}
    return {"runOnly": {"type": "tag", "values": RULES}, "rules": rules, "resultTypes": ["violations"]}


def _only(rules: list[str]) -> dict[str, Any]:
    return {"runOnly": {"type": "rule", "values": rules}, "resultTypes": ["violations"]}


def _seen(page: Page, how: str, options: dict[str, Any]) -> list[str]:
    found = _looked(page, options)["violations"]
    return [f"{page.url} ({how}): {one['help']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def _looked(page: Page, options: dict[str, Any]) -> Any:
    """Once more where the page went on to its next state while it was looked at; whatever else is wrong, is."""
    for _ in range(GLANCES - 1):
        try:
            return page.evaluate(LOOK, options)
        except Error as gone:
            if "context was destroyed" not in gone.message:
                raise
            page.wait_for_load_state()
    return page.evaluate(LOOK, options)
