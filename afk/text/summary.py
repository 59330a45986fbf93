"""A tick as Markdown, for the page of its job: the outcome, the issues, the troubles, the counts.

Pure. Nothing that other people wrote can do anything there: titles are code, and of a sentence all
that is more than plain words is code, too. Whatever there is of them, the whole stays far below
what a runner shows (1 MiB).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from afk.text.cleaning import inert_markdown, one_line
from afk.text.overview import HEADINGS, Group, IssueRow

_ROWS: Final = 100
_TROUBLES: Final = 50
_TITLE: Final = 100
_HOLDS: Final = 10
_HOLD: Final = 250
_PART: Final = 1_000
"""Characters of what happened, of its cause, and of its next step."""
_LONGEST: Final = 2_000
"""Characters that are looked at at all: what is cleaned away of them makes no text longer."""
_PLAIN: Final = re.compile(r"[(\"']?[A-Za-z0-9][A-Za-z0-9'-]*[)\"']?[.,;:?!)]{0,2}")
_SIGNS: Final = re.compile(r"(?P<before>[(]?)(?P<code>.*\w.*?)(?P<after>[.,;:?!)]{0,3})")
"""Around a name such as ``docs/reference.md`` the signs of the sentence that it stands in."""
_REFERENCE: Final = re.compile(r"(?i)gh-[0-9]|[0-9a-f]{7,}|www\.|[0-9]+[.)]")
"""Words that a forge makes a link or a list of."""
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9./:_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One trouble: how bad, of which issue ("" for none), what, the likely cause, the next step."""

    kind: str
    issue: str
    what: str
    cause: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a summary holds besides the issues.

    ``lag``: how late the tick is, "" where unknown; ``events``: what was said instead of rows.
    """

    title: str
    headline: str = ""
    events: Sequence[str] = ()
    requests: Mapping[str, int] = field(default_factory=dict)
    quotas: Sequence[str] = ()
    lag: str = ""


def told(kind: str, issue: str, text: str) -> Told:
    """Return a trouble by its parts, as `afk.errors.AfkError` puts them into one line."""
    rest, _, next_step = text.partition(" Next step: ")
    what, _, cause = rest.partition(" Likely cause: ")
    return Told(kind=kind, issue=issue, what=what, cause=cause, next_step=next_step)


def summary(facts: Facts, rows: Sequence[IssueRow], troubles: Sequence[Told]) -> str:
    """Return the summary's Markdown."""
    lines = [f"### {facts.title}", ""]
    lines += [words(facts.headline, _PART)] if facts.headline else []
    lines += [f"- {words(one, _PART)}" for one in facts.events[:_ROWS]]
    lines += _table(rows) + _troubles(troubles)
    counted = ", ".join(f"{name} {count}" for name, count in facts.requests.items())
    lines += ["", f"Requests: {counted or 'none'}"]
    lines += [f"<br>Quota left: {'; '.join(facts.quotas)}"] if facts.quotas else []
    lines += [f"<br>{facts.lag}"] if facts.lag else []
    return "\n".join([*lines, ""])


def _table(rows: Sequence[IssueRow]) -> list[str]:
    if not rows:
        return []
    order = {group.value: place for place, group in enumerate(Group)}
    shown = sorted(rows, key=lambda one: order[one["group"]])[:_ROWS]
    left = len(rows) - len(shown)
    lines = ["", "| issue | title | state | what holds it |", "|---|---|---|---|"]
    lines += [_row(one) for one in shown]
    return lines + (["", f"and {left} more"] if left else [])


def _row(one: IssueRow) -> str:
    heading = HEADINGS[Group(one["group"])].lower()
    state = one["state"] if one["state"].startswith(heading) else f"{heading}: {one['state']}"
    if one["elapsed"]:
        state += f" ({one['elapsed']})"
    holds = "<br>".join(words(hold, _HOLD) for hold in one["holds"][:_HOLDS])
    title = inert_markdown(_cell(one["title"]), _TITLE)
    return f"| {_link(one)} | {title} | {words(state, _HOLD)} | {holds} |"


def _link(one: IssueRow) -> str:
    name = inert_markdown(_cell(one["issue"]), _TITLE + 100)
    sound = _ADDRESS.fullmatch(one["url"])
    return f"[{name}]({one['url']})" if sound else name


def _cell(text: str) -> str:
    """Return a text that ends no cell: inside of code, too, a table's lines come first."""
    return text[:_LONGEST].replace("|", "¦")


def _troubles(troubles: Sequence[Told]) -> list[str]:
    if not troubles:
        return []
    lines = ["", "#### Needs a look", ""]
    for one in troubles[:_TROUBLES]:
        about = f" {inert_markdown(one.issue, _TITLE + 100)}" if one.issue else ""
        lines.append(f"- **{one.kind}**{about}: {words(one.what, _PART)}")
        lines += [f"  - Likely cause: {words(one.cause, _PART)}"] if one.cause else []
        lines += [f"  - **Next step**: {words(one.next_step, _PART)}"] if one.next_step else []
    left = len(troubles) - _TROUBLES
    return lines + ([f"- and {left} more, which the log has"] if left > 0 else [])


def words(text: str, limit: int) -> str:
    """Return a sentence as Markdown: plain words as they are, whatever could do more as code."""
    shown: list[str] = []
    held: list[str] = []
    for one in one_line(_cell(text), limit).split():
        if _PLAIN.fullmatch(one) and not _REFERENCE.match(one.strip("(\"'")):
            shown += [_code(" ".join(held), limit)] if held else []
            shown.append(one)
            held = []
        else:
            held.append(one)
    shown += [_code(" ".join(held), limit)] if held else []
    return " ".join(shown)


def _code(text: str, limit: int) -> str:
    """Return words as code, the signs of the sentence around them left outside."""
    found = _SIGNS.fullmatch(text)
    if found is None:
        return inert_markdown(text, limit)
    return f"{found['before']}{inert_markdown(found['code'], limit)}{found['after']}"
