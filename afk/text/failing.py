"""Which checks failed, by name and link, kept where people read it: in the comment. Pure.

Names and addresses are chosen by whoever runs CI, so they stand in no record; the record keeps the
digest of the line. A later tick that does not ask CI again carries the line on from the comment as
it stands, only as far as it still is what afk wrote (as with `afk.text.questions`).
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from afk.model.ci import Check, CIVerdict
from afk.record.state import RunRecord
from afk.text.cleaning import inert_markdown
from afk.types import CIStatus

_SHOWN: Final = 3
_NAME: Final = 80
_OPENING: Final = "Failed: "
_LINE: Final = re.compile(rf"^{_OPENING}(?P<text>.+?) *$", re.MULTILINE)
_LINK: Final = re.compile(r"https?://[^\s<>\"'`()\[\]|\\]{1,500}")
_REFERS: Final = re.compile(r"/(?:issues|pulls?|discussions)/[0-9]|#[0-9]|@", re.IGNORECASE)
"""What a forge may take for a word about an issue, or to somebody."""


def safe_link(url: str) -> str:
    """Return a web address that cannot break out of a Markdown link, or nothing."""
    return url if _LINK.fullmatch(url) else ""


def failed_checks(verdict: CIVerdict) -> str:
    """Return the first few failed checks as Markdown, "" where none is known.

    In the order of their names: CI may tell of them in another one each time it is asked.
    """
    if verdict.status is not CIStatus.RED:
        return ""
    shown = sorted({_shown(check) for check in verdict.failed})
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def failed_digest(verdict: CIVerdict) -> str:
    """Return by what the line is known again, "" where there is none."""
    return _digest(failed_checks(verdict))


def by_digest(text: str) -> dict[str, str]:
    """Return a line of failed checks by its digest."""
    return {_digest(text): text} if text else {}


def failed_in(body: str) -> dict[str, str]:
    """Return what could be such lines in a comment, by their digests."""
    found = _LINE.finditer(body.replace("\r\n", "\n"))
    return {_digest(one["text"]): one["text"] for one in found}


def failed_line(record: RunRecord, texts: Mapping[str, str]) -> list[str]:
    """Return the line about the newest verdict's failed checks, none where it is not known."""
    seen = record.commits.seen_verdict
    text = texts.get(seen.failed) if seen is not None and seen.failed else ""
    return [f"{_OPENING}{text}"] if text else []


def _shown(check: Check) -> str:
    name, link = inert_markdown(check.full_name, _NAME), safe_link(check.url)
    return f"[{name}]({link})" if link and not _REFERS.search(link) else name


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() if text else ""
