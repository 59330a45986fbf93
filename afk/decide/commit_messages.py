"""What commit messages say of a run: whose commit it is, and what takes one back.

Pure. Messages are others' text, written by agents through shells and by people in web forms, so
what is looked for is found wherever it stands, and decides nothing beyond that. Newlines that are
spelled out are what a shell leaves of the text after ``git commit -m``.

How a commit is taken back: git's own sentence
(https://git-scm.com/docs/git-revert#Documentation/git-revert.txt---reference), GitHub's pull
request that "Reverts owner/name#12"
(https://docs.github.com/articles/reverting-a-pull-request),
``revert: ...`` with ``Refs:`` (https://www.conventionalcommits.org/en/v1.0.0/#examples), and a
subject alone that quotes another one.
"""

import re
from collections.abc import Collection, Sequence
from typing import Final

from afk.model.forge import Branch, Commit

_ID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!-?[0-9a-z])"
_TRAILER: Final = re.compile(
    rf"afk-run[\W_]{{0,4}}?:[\W_]{{0,40}}(?P<ids>{_ID}(?:[\W_]{{1,9}}(?:and\s+)?{_ID})*)",
    re.IGNORECASE,
)
_SHA: Final = r"(?:https?://\S{1,200}/)?[`'\"(\[<*]*(?P<%s>[0-9a-f]{7,64})(?![0-9a-z])[`'\")\]>*]*"
_ONE: Final = re.compile(
    _SHA % "sha" + r"(?:\(https?://[^\s)]*\))?(?:\s?\([^()]{0,300}\))?",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(_SHA % "first" + r"(?P<with>\^?)\.{2,3}" + _SHA % "last", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"(?:[\s,;&*+-]|\band\b)*", re.IGNORECASE)
_TAKES_BACK: Final = re.compile(
    r"(?:^|[:;.,(])[\s>*+-]{0,9}(?:(?:this|it|these)\s+(?:(?:commit|change|pr)s?\s+)?)?"
    r"(?:re-?vert(?:s|ed|ing)?|back(?:s|ed|ing)?[ -]?out|roll(?:s|ed|ing)?[ -]?back"
    r"|undo(?:es|ing)?)\b[\s:]{0,9}(?:the\s+)?(?:following\s+)?"
    r"(?:(?:commits?|changesets?|changes?)\b[\s:*-]{0,9})?(?:(?:in|of|from)\s+)?",
    re.IGNORECASE | re.MULTILINE,
)
_MERGE: Final = re.compile(
    r"^[\s,]*reversing\s+changes\s+made\s+to\s+([0-9a-f]{7,64})", re.IGNORECASE
)
_PULL: Final = re.compile(r"\breverts\s+(?:[\w.-]+/[\w.-]+)?[#!](\d+)", re.IGNORECASE)
_REFS: Final = re.compile(r"^refs?:[ \t]*", re.IGNORECASE | re.MULTILINE)
_QUOTES: Final = re.compile(
    r"^(?P<verb>revert|reapply) \"(?P<subject>.+)\"(?: \([#!]\d+\))?$", re.IGNORECASE
)
_TYPED: Final = re.compile(r"^revert(?:\([^)]*\))?!?:\s*(?P<subject>.+)$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?:\([#!](?P<squashed>\d+)\)|^Merge pull request #(?P<merged>\d+) )")
_PICKED: Final = re.compile(r"cherry.picked from commit ([0-9a-f]{7,64})", re.IGNORECASE)
_LONGEST: Final = 20_000
"""Characters of a message that are looked at."""


def carries_trailer(message: str, run_id: str) -> bool:
    """Say whether the full run id stands after ``AFK-Run:`` anywhere in the message."""
    found = (match["ids"].lower() for match in _TRAILER.finditer(_plain(message)))
    return any(run_id in ids for ids in found)


def taken_back(branch: Branch, own: Collection[str], pushed: Collection[str]) -> frozenset[str]:
    """Return those of the run's commits that a commit which is not the run's takes back.

    ``own``: the branch's commits that carry the run's trailer, ``pushed``: all that the run is
    known to have pushed. Newest first: what was itself taken back, or picked again, takes nothing
    back.
    """
    shas = list(dict.fromkeys((*(one.sha for one in branch.commits), *pushed)))
    dead: set[str] = set()
    restored: set[str] = set()
    found: set[str] = set()
    for place, commit in enumerate(branch.commits):
        if commit.sha in dead:
            continue
        text = _plain(commit.message)
        targets = _targets(text, branch.commits, place, shas, own) - restored - {commit.sha}
        dead |= targets
        if commit.sha not in own:
            found |= targets
        for match in _PICKED.finditer(text):
            restored |= _known(match[1], shas)
    return frozenset(found.intersection(pushed))


def _plain(message: str) -> str:
    return re.sub(r"\\[rn]", "\n", message[:_LONGEST])


def _subject(text: str) -> str:
    return text.strip().split("\n", 1)[0].strip()


def _known(prefix: str, shas: Sequence[str]) -> set[str]:
    return {sha for sha in shas if sha.startswith(prefix.lower())}


def _targets(
    text: str, commits: Sequence[Commit], place: int, shas: Sequence[str], own: Collection[str]
) -> set[str]:
    """Return what a message takes back, of what is known."""
    older = commits[place + 1 :]
    found: set[str] = set()
    named = False
    for match in _TAKES_BACK.finditer(text):
        listed, end = _listed(text, match.end(), shas)
        named = named or end > match.end()
        found |= listed
        merge = _MERGE.match(text[end:])
        if merge:
            found |= _brought(listed, merge[1], older)
    for match in _PULL.finditer(text):
        named = True
        found |= _of_pull(match[1], older, own)
    subject = _subject(text)
    typed = _TYPED.match(subject)
    if typed:
        for match in _REFS.finditer(text):
            listed, end = _listed(text, match.end(), shas)
            named = named or end > match.end()
            found |= listed
    quoted = _QUOTES.match(subject) or typed
    return found if named or quoted is None else _titled(quoted, older)


def _listed(text: str, start: int, shas: Sequence[str]) -> tuple[set[str], int]:
    """Return the commits listed from a place on, one or more, and where the list ends."""
    found: set[str] = set()
    end, at = start, start
    while True:
        between = _RANGE.match(text, at)
        match = between or _ONE.match(text, at)
        if match is None:
            return found, end
        found |= _span(between, shas) if between else _known(match["sha"], shas)
        end = match.end()
        gap = _BETWEEN.match(text, end)
        at = gap.end() if gap else end
        if at == end:
            return found, end


def _span(match: re.Match[str], shas: Sequence[str]) -> set[str]:
    """Return the commits of ``A..B``; without ``^`` the first is not one of them."""
    places = {one: n for n, one in enumerate(shas)}
    last = [places[one] for one in _known(match["last"], shas)]
    first = [places[one] for one in _known(match["first"], shas)]
    if not last:
        return set()
    until = first[0] + bool(match["with"]) if first else len(shas)
    return set(shas[last[0] : until])


def _brought(merges: Collection[str], mainline: str, older: Sequence[Commit]) -> set[str]:
    """Return what a merge brought, as far as the order shows: listed between it and its parent."""
    shas = [one.sha for one in older]
    start = [n for n, sha in enumerate(shas) if sha in merges]
    until = [n for n, sha in enumerate(shas) if sha.startswith(mainline.lower())]
    return set(shas[start[0] : until[0]]) if start and until else set()


def _of_pull(number: str, older: Sequence[Commit], own: Collection[str]) -> set[str]:
    """Return a pull request's squashed commit, or its merge and the run's commits right below."""
    for place, commit in enumerate(older):
        match = _NUMBER.search(_subject(commit.message))
        if match is None or number not in (match["squashed"], match["merged"]):
            continue
        below = [one.sha for one in older[place + 1 :]]
        ends = (n for n, sha in enumerate(below) if sha not in own)
        merged = _subject(commit.message).startswith("Merge ")
        return {commit.sha, *(below[: next(ends, len(below))] if merged else ())}
    return set()


def _titled(match: re.Match[str], older: Sequence[Commit]) -> set[str]:
    """Return the newest older commit of the title that a subject quotes."""
    title = match["subject"].strip()
    if match.groupdict().get("verb", "").lower() == "reapply":
        title = f'Revert "{title}"'
    named = [
        one.sha for one in older if re.sub(r" \([#!]\d+\)$", "", _subject(one.message)) == title
    ]
    exact = [one.sha for one in older if _subject(one.message) == title]
    return set((exact or named)[:1])
