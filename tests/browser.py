"""Finds a browser for the end-to-end tests, or installs one; fails aloud when there is none.

System Chromium or Chrome first; else Playwright's own; else Debian's package where it may be installed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-component-extensions-with-background-pages", "--disable-default-apps", "--in-process-gpu",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
]


def find() -> str | None:
    """The program to drive: named by KEKAL_BROWSER, on the path, or Playwright's own."""
    wanted = os.environ.get("KEKAL_BROWSER")
    found = [wanted, *(shutil.which(name) for name in NAMES), MAC, _playwrights_own()]
    return next((path for path in found if path and Path(path).exists()), None)


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def install() -> None:
    """Playwright's own download, else Debian's package; each may be impossible here."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, timeout=600)
    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=False, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium"], check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    if find() is None:
        print("No browser found; installing one for the browser tests.", flush=True)
        install()
    if find() is None:
        print("The browser tests need Chromium or Chrome. Install one, or set KEKAL_BROWSER.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
