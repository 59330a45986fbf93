"""Commits that came onto the branch during a run and do not name it.

Pure. An agent can push without the line that says whose a commit is, so a run that ends without
one says what is new there; whose it is nobody but a person can tell. Shas only: subjects are
others' text.
"""

from typing import Final

from afk.decide.rule_view import View

_NAMED: Final = 5


def unmarked_commits(view: View) -> str:
    """Return the newest new commits, and how many more there are (``+2``); "" without any.

    A branch that was not read whole tells nothing: what it shows may have stood there before.
    """
    branch = view.observed.branch
    if not branch.complete or not branch.commits:
        return ""
    more = len(branch.commits) - _NAMED
    newest = " ".join(one.sha for one in branch.commits[:_NAMED])
    return f"{newest} +{more}" if more > 0 else newest
