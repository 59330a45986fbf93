"""Which branch a run that is over has left in which state. Pure."""

from typing import Final

from afk.record.state import RunRecord
from afk.text.details import commit_link
from afk.text.outcomes import says
from afk.text.surroundings import Surroundings
from afk.text.where_it_stands import branch_of
from afk.types import CIStatus, Reason

SHOWN: Final = 5
_NOT_KNOWN: Final = frozenset(
    {
        Reason.UNMARKED,
        Reason.BRANCH_GONE,
        Reason.RECORD_EDITED,
        Reason.RECORD_REGRESSED,
        Reason.RECORD_OVERWRITTEN,
        Reason.RECORD_LOST,
        Reason.PUSHED_TO_BASE,
    }
)
"""Where what the record knows is not all, or the reason says it itself."""


def branch_state(record: RunRecord, around: Surroundings) -> list[str]:
    """Return how the branch stands as far as this run goes; nothing where none ever worked."""
    if record.reason in _NOT_KNOWN or not record.thread.id or not record.commits.branch:
        return []
    branch = branch_of(record)
    if record.landing.branch and not record.landing.merged:
        return [f"{branch} is as it was. {_beside(record, around)}"]
    if not record.commits.pushed:
        return [f"Nothing of this run is on {branch}."]
    commits = commit_list(record, around.commit_url)
    if record.reason is Reason.REVERTED:
        return [f"No longer on {branch}: {commits}."]
    ci = says(record)
    if ci is CIStatus.RED:
        newest = commit_link(record.newest_commit, around.commit_url)
        others = f" This run's commits there: {commits}." if commits != newest else ""
        return [f"**{branch} is left red:** CI failed on {newest}, this run's newest.{others}"]
    unsaid = "" if ci is CIStatus.GREEN else "; CI has not answered"
    return [f"On {branch} from this run: {commits}{unsaid}."]


def commit_list(record: RunRecord, commit_url: str) -> str:
    """Return the run's newest commits, and how many more there are."""
    pushed = record.commits.pushed
    if record.landing.merged:
        pushed = tuple(sha for sha in pushed if sha == record.landing.merged) or pushed
    more = f" and {len(pushed) - SHOWN} before" if len(pushed) > SHOWN else ""
    return ", ".join(commit_link(sha, commit_url) for sha in pushed[-SHOWN:]) + more


def _beside(record: RunRecord, around: Surroundings) -> str:
    landing = record.landing
    if not record.commits.pushed:
        return "This run pushed nothing."
    where = f"The work is on the branch `{landing.branch}`"
    if not landing.pull:
        return f"{where}, without a pull request."
    link = f"[#{landing.pull}]({around.pull_url})" if around.pull_url else f"`{landing.pull}`"
    closed = ", which was closed" if record.reason is Reason.PULL_CLOSED else ""
    return f"{where}, in pull request {link}{closed}."
