"""A headless Chromium that talks to this machine alone, for tests and for the pictures in docs/."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

QUIET: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Chromium asks nobody but the page's own server."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium that ``AFK_CHROMIUM`` names, and end it.

    Its own sandbox needs what root has not; the pages are our own, on loopback or in files.
    """
    root = os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["AFK_CHROMIUM"],
            args=[*QUIET, *(["--no-sandbox"] if root else [])],
        )
        try:
            yield browser
        finally:
            browser.close()
