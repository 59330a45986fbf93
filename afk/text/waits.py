"""What a run or an issue waits for, in words that name and link who stands in the way. Pure."""

import re
from itertools import accumulate
from typing import Final

from afk.record.state import RunRecord
from afk.text.cleaning import inert_markdown
from afk.text.times import minutes as minutes  # noqa: PLC0414  said here as well
from afk.text.times import span as span  # noqa: PLC0414
from afk.text.times import until as until  # noqa: PLC0414
from afk.types import IssueKey

_KEY: Final = re.compile(
    r"(?<![\w./-])(?P<repo>[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100})#(?P<number>[1-9][0-9]{0,9})\b"
)
_PLAIN: Final = re.compile(r"(?:[A-Za-z0-9 .,;:()=%+/'-]|(?<=[a-z])_(?=[a-z]))*")
_ADDRESS: Final = re.compile(r"://|www\.", re.IGNORECASE)
_LONGEST: Final = 600


def held_by(run: RunRecord) -> str:
    """Return whose run keeps a repository from being free, and until when where that is known."""
    where, pauses = run.repository, run.pauses
    told = f"another run is in flight in {where}: that of {key_of(run)}"
    if pauses.limited_at is not None and pauses.next_try is not None:
        told += f", which waits for a usage limit {until(pauses.next_try, pauses.limited_at)}"
    return told


def reviews_open(waiting: int, most: int, repo: str) -> str:
    """Return that a repository's people have enough pull requests to look at."""
    told = "1 pull request waits" if waiting == 1 else f"{waiting} pull requests wait"
    return f"{told} for people in {repo} (max_open_reviews={most})"


def limited_by(run: RunRecord, repo: str) -> str:
    """Return whose run met the usage limit that holds another one in ``repo``, and until when.

    A run of another owner's repository is not named: the reader may not know that it exists.
    """
    met = f"of {key_of(run)}" if owner(run.repository) == owner(repo) else "elsewhere"
    pauses = run.pauses
    told = f"the provider's usage is limited, as the run {met} found"
    if pauses.limited_at is None:
        return f"{told}; it is trying whether that is over"
    if pauses.next_try is None:
        return told
    return f"{told}, {until(pauses.next_try, pauses.limited_at)}"


def key_of(run: RunRecord) -> IssueKey:
    """Return the run's issue."""
    return IssueKey(run.repository, run.issue)


def owner(repo: str) -> str:
    """Return whose repository it is; forges ignore case in that."""
    return repo.split("/", 1)[0].lower()


def with_links(text: str, repo: str, web: str, *, most: int | None = None) -> str:
    """Return words of afk's own as Markdown: issues in them linked, all that could do more inert.

    ``repo`` is where it is read, ``web`` the forge's address ("": nothing is linked). Of more than
    ``most`` characters whole pieces are left out at the end: half of one would not be inert.
    """
    shown: list[str] = []
    end = 0
    for found in _KEY.finditer(text[:_LONGEST]):
        shown += [_inert(text[end : found.start()]), _link(found, repo, web)]
        end = found.end()
    shown.append(_inert(text[end:_LONGEST]))
    if most is None or sum(map(len, shown)) <= most:
        return "".join(shown)
    sums = accumulate(map(len, shown))
    return "".join(piece for piece, length in zip(shown, sums, strict=True) if length < most) + "…"


def _link(found: re.Match[str], repo: str, web: str) -> str:
    """Return an issue as a link, or its name alone."""
    name = found[0].removeprefix(repo) if found["repo"] == repo else found[0]
    if not web:
        return f"`{name}`"
    return f"[`{name}`]({address(web, found['repo'], int(found['number']))})"


def address(web: str, repo: str, number: int) -> str:
    """Return an issue's address, which leads there and refers to nothing.

    A reference stands in the other issue's history and moves its time of change, which Forgejo's
    approvals are held against. ``/./`` is no part of the way: a browser leaves it out, and a forge
    that looks for ``owner/name/issues/N`` does not find it (Forgejo's
    modules/references/references.go).
    """
    return f"{web}/{repo}/./issues/{number}"


def _inert(text: str) -> str:
    """Return the text as it is where it is nothing but words, else as code."""
    if _PLAIN.fullmatch(text) and not _ADDRESS.search(text):
        return text
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return f"{before}{inert_markdown(text, _LONGEST)}{after}" if text.strip() else text
