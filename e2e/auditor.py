"""Auditor: looks at a page as a person with a checklist would, in both themes, wide and on a phone."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from e2e.window import PHONE, WIDE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
COLOURS = {"runOnly": {"type": "rule", "values": COLOUR_RULES}, "resultTypes": ["violations"]}
SHAPE_RULES = [
    "aria-hidden-focus", "button-name", "heading-order", "label", "landmark-one-main", "link-name",
    "page-has-heading-one", "region", "scrollable-region-focusable", "target-size",
]
"""What another width can break: what is folded away, moved or made smaller."""
SHAPES = {"runOnly": {"type": "rule", "values": SHAPE_RULES}, "resultTypes": ["violations"]}
AXE = Axe()
WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults_of(page: Page) -> list[str]:
    """Each as a line: everything wide and light, colours in the dark, shapes on a phone."""
    page.emulate_media(reduced_motion="reduce")  # nothing is looked at while it fades
    faults = _seen(page, "wide, light", EVERYTHING)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    faults += _seen(page, "wide, dark", COLOURS)
    page.set_viewport_size({"width": PHONE, "height": 740})
    faults += _seen(page, "phone", SHAPES)
    if page.evaluate(WIDER_THAN_THE_WINDOW):
        faults.append(f"{page.url} (phone): scrolls sideways")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDE, "height": 740})
    return faults


def _seen(page: Page, how: str, options: dict[str, Any]) -> list[str]:
    found = AXE.run(page, options=options).response["violations"]
    return [f"{page.url} ({how}): {one['help']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
