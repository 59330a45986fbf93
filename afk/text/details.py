"""A run's detail as people read it: the setting or the commits that decided.

Pure. The record keeps shas and counts only (`afk.decide.unmarked`); here they become short, and
links where the reader is on the forge.
"""

import re
from collections.abc import Callable
from typing import Final

_SHA: Final = "[0-9a-f]{40,64}"
_COMMITS: Final = re.compile(rf"(?P<shas>{_SHA}(?: {_SHA})*)(?: \+(?P<more>[0-9]+))?")
_SHORT: Final = 10


def in_comment(detail: str, commit_url: str) -> str:
    """Return a detail as Markdown; ``commit_url`` is what a sha completes, "" where unknown."""
    match = _COMMITS.fullmatch(detail)
    if match is None:
        return f"`{detail}`"
    return _listed(match, lambda sha: commit_link(sha, commit_url))


def in_plain_text(detail: str) -> str:
    """Return a detail for a doorbell."""
    match = _COMMITS.fullmatch(detail)
    return _listed(match, lambda sha: sha[:_SHORT]) if match else detail


def commit_link(sha: str, commit_url: str) -> str:
    """Return a short sha as code, linked where there is an address."""
    short = f"`{sha[:_SHORT]}`"
    return f"[{short}]({commit_url}{sha})" if commit_url else short


def _listed(match: re.Match[str], show: Callable[[str], str]) -> str:
    more = f" and {match['more']} more" if match["more"] else ""
    return f"new on the branch: {', '.join(map(show, match['shas'].split(' ')))}{more}"
