"""What people read on and about a run's pull request, and the message of its merge commit.

Pure. Titles are other people's text: in a pull request or a commit they must close no other issue,
name nobody and make nothing a draft.
"""

import re
from typing import Final

from afk.record.names import short
from afk.record.state import RunRecord
from afk.text.cleaning import one_line
from afk.types import Issue

_LONGEST_TITLE: Final = 200
_DRAFT = re.compile(r"^\s*(?:\[?\s*wip\s*\]?|draft)\s*:?\s*", re.IGNORECASE)
"""Forgejo makes a draft of a title that begins so (recordings/forgejo/pulls-16/015, 017)."""


def inert_title(title: str) -> str:
    """Return an issue's title as that of its pull request.

    ``Fixes #12`` in it would close another issue when it is merged (Forgejo reads titles, both
    forges read commits), an address names one just as well, and ``@name`` would wake somebody.
    """
    text = one_line(title, _LONGEST_TITLE)
    text = re.sub(r"#(?=[0-9])", "no. ", text)
    text = re.sub(r"\b([a-z]+)://", r"\1 ", text, flags=re.IGNORECASE)
    text = re.sub(r"@(?=[A-Za-z0-9])", "@ ", text)
    text = re.sub(r"\b(GH|gh)-(?=[0-9])", r"\1 ", text)
    return _DRAFT.sub("", text).strip() or "afk"


def pull_body(issue: Issue, record: RunRecord, comment_url: str) -> str:
    """Return the text of a run's pull request; the trailer stands last, where a squash keeps it."""
    told = f"[the run's comment]({comment_url})" if comment_url else "the run's comment there"
    return (
        f"Closes #{issue.number}\n\n"
        f"An agent wrote this, started by afk (run `{short(record.run_id)}`). What it was asked "
        f"for stands in #{issue.number}, how it goes in {told}. afk hands reviews "
        "by people who may write to this repository to the agent, which answers with commits.\n\n"
        f"AFK-Run: {record.run_id}\n"
    )


def merge_title(issue: Issue, pull: int) -> str:
    """Return the first line of the commit that a merge makes."""
    return f"{inert_title(issue.title)} (#{pull})"


def merge_message(issue: Issue, record: RunRecord) -> str:
    """Return the rest of it, with the trailer by which the commit is known as the run's."""
    return f"Closes #{issue.number}\n\nAFK-Run: {record.run_id}\n"


FOREIGN_PULL: Final = (
    "This pull request was opened from the branch of one of afk's runs by somebody who may not "
    "write to this repository, so afk closed it. It opens one of its own from that branch."
)


def reminder(mention: str, pull_url: str, days: int) -> str:
    """Return the comment that reminds of a pull request; ``mention`` is ``@login`` or ""."""
    who = f"{mention}: " if mention else ""
    return (
        f"{who}[the pull request]({pull_url}) of this issue has waited for people for {days} "
        "days. Merge it, review it, or close it; afk goes on by what you do."
    )
