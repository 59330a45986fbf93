"""Draws the run's comment in every state, from the texts that afk really writes: `make pictures`.

One sheet for each forge and width. The page's look is our own, close to the forge's; what is in the
comment is rendered from Markdown as both forges do, with line breaks kept and HTML let through.
"""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from PIL import Image
from playwright.sync_api import Browser
from support.browser import chromium
from support.comments import AROUND, Scene, ends, landing, under_way

from afk.decide.approver import mention_of
from afk.phase_checklist import render
from afk.record.state import Stage
from afk.text.waking import wake_text
from support.factories import issue

PICTURES: Final = Path(__file__).parent / "pictures"
