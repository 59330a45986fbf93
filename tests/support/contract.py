"""What several contract tests share."""

from support.benches import ForgeBench

from afk.types import Issue, IssueKey


def read_one(bench: ForgeBench, repo: str, number: int) -> Issue:
    """Return one issue, read afresh by a tracker of its own."""
    issue = bench.tracker().reread(IssueKey(repo, number))
    assert issue is not None
    return issue


def event_words(issue: Issue) -> list[tuple[str, str]]:
    """Return the events' kinds and labels in order."""
    return [(event.kind.value, event.label) for event in issue.events]
