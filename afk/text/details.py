"""A run's detail as people read it: the setting or the commits that decided.

Pure. The record keeps shas and counts only (`afk.decide.unmarked`); here they become short, and
links where the reader is on the forge.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from afk.text.cleaning import inert_markdown
from afk.text.times import span

_SHA: Final = "[0-9a-f]{40,64}"
_COMMITS: Final = re.compile(rf"(?P<shas>{_SHA}(?: {_SHA})*)(?: \+(?P<more>[0-9]+))?")
_SETTING: Final = re.compile(r"(?P<setting>[a-z_]{1,60}=(?P<value>[0-9]{1,9}))(?P<rest>: .+)?")
_SHORT: Final = 10
_MINUTES: Final = 120
_LONGEST: Final = 300


def in_comment(detail: str, commit_url: str) -> str:
    """Return a detail as Markdown; ``commit_url`` is what a sha completes, "" where unknown."""
    if found := _SETTING.fullmatch(detail):
        rest = f": {inert_markdown(found['rest'][2:], _LONGEST)}" if found["rest"] else ""
        return f"`{found['setting']}`{_length(found)}{rest}"
    match = _COMMITS.fullmatch(detail)
    if match is None:
        return inert_markdown(detail, _LONGEST)
    return _listed(match, lambda sha: commit_link(sha, commit_url))


def in_plain_text(detail: str) -> str:
    """Return a detail for a doorbell."""
    if found := _SETTING.fullmatch(detail):
        return f"{found['setting']}{_length(found)}{found['rest'] or ''}"
    match = _COMMITS.fullmatch(detail)
    return _listed(match, lambda sha: sha[:_SHORT]) if match else detail


def commit_link(sha: str, commit_url: str) -> str:
    """Return a short sha as code, linked where there is an address."""
    short = f"`{sha[:_SHORT]}`"
    return f"[{short}]({commit_url}{sha})" if commit_url else short


def _length(found: re.Match[str]) -> str:
    """Return seconds as people say them, "" for what is no length of time or a short one."""
    seconds = int(found["value"])
    long = "_seconds=" in found["setting"] and seconds >= _MINUTES
    return f", {span(timedelta(seconds=seconds))}" if long else ""


def _listed(match: re.Match[str], show: Callable[[str], str]) -> str:
    more = f" and {match['more']} more" if match["more"] else ""
    return f"new on the branch: {', '.join(map(show, match['shas'].split(' ')))}{more}"
