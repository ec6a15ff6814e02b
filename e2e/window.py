"""Window: somebody's browser, and what it complains about."""

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from e2e.demo import Demo

WIDE, PHONE = 1280, 360
LANGUAGES = {"en": "en-GB", "ms": "ms-MY"}


class Windows:
    """The browser windows of one test, each with cookies of its own."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self._browser, self._demo = browser, demo
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []

    def open(self, *, signed_in: str = "", width: int = WIDE, language: str = "en", **more: Any) -> Page:
        """A new window; `signed_in` is somebody's mail address. More: what Playwright's contexts take."""
        context = self._browser.new_context(
            base_url=self._demo.url, viewport={"width": width, "height": 740}, locale=LANGUAGES[language], **more
        )
        self._contexts.append(context)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self._complaints.append(str(error.error)))
        if signed_in:
            context.request.post("/demo/sign-in", form={"email": signed_in})
        return context.new_page()

    def _heard(self, message: ConsoleMessage) -> None:
        """Everything a browser warns of; a page that answers 404 or 409 is no complaint."""
        is_answer = message.page is not None and message.location["url"] == message.page.url
        if message.type in ("error", "warning") and not (is_answer and "status of 4" in message.text):
            self._complaints.append(f"{message.text} ({message.location['url']})")

    def close(self) -> list[str]:
        """Gives the complaints."""
        for context in self._contexts:
            context.close()
        return self._complaints


def links_in(text: str) -> list[str]:
    """The addresses a mail offers."""
    return re.findall(r"https?://\S+", text)
