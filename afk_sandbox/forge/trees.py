"""What a commit's files say, line by line, and how two sets of changes go together. Pure.

As git merges text, made small: a line is known by its file and number, lines never shift, and
two sides conflict where both changed the same line since their common ancestor, and not to the
same text (https://git-scm.com/docs/git-merge#_how_conflicts_are_presented).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Line = tuple[str, int]
Tree = Mapping[Line, str]
"""The text of each line that is there, by file and line number."""


@dataclass(frozen=True, slots=True)
class Change:
    """A line gets this text; an empty text takes the line away."""

    file: str
    line: int = 1
    text: str = ""

    @property
    def place(self) -> Line:
        """Return which line it is."""
        return self.file, self.line


def applied(tree: Tree, changes: Iterable[Change]) -> Tree:
    """Return a tree after some changes."""
    after = {**tree, **{change.place: change.text for change in changes}}
    return {place: text for place, text in after.items() if text}


def difference(before: Tree, after: Tree) -> tuple[Change, ...]:
    """Return the changes that lead from one tree to another, in order of place."""
    places = sorted({*before, *after})
    return tuple(
        Change(*place, after.get(place, ""))
        for place in places
        if before.get(place, "") != after.get(place, "")
    )


def conflicts(base: Tree, ours: Tree, theirs: Tree) -> list[Line]:
    """Return the lines that both sides changed since their base, to different texts."""
    changed = {change.place for change in difference(base, theirs)}
    return [
        change.place
        for change in difference(base, ours)
        if change.place in changed and change.text != theirs.get(change.place, "")
    ]


def merged(base: Tree, ours: Tree, theirs: Tree) -> Tree:
    """Return our tree with what they changed since the base; only where nothing conflicts."""
    return applied(ours, difference(base, theirs))


def parse_change(word: str, default: str) -> Change:
    """Return the change that ``app.py:3=text`` names; ``default`` is the text without one.

    ``app.py`` alone is its first line.
    """
    place, _, text = word.partition("=")
    file, _, line = place.partition(":")
    return Change(file, int(line) if line.isdecimal() else 1, text or default)
