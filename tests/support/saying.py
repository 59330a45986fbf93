"""People who say something to afk in a comment, and what they are shown of it."""

from support.loops import comment, labels, record, records, start, tick, until

from afk_sandbox.forge.records import Account, Comment, Issue
from afk_sandbox.world import HUMAN, World


def say(here: World, issue: Issue, body: str, *, by: Account | None = None) -> Comment:
    """Comment, by the owner unless somebody is named, a minute after what was before."""
    here.clock.sleep(60)
    return here.forge.comment(issue, by or here.owner, body)


def handed_back(here: World) -> Issue:
    """Return an issue whose agent pushed nothing, so that it was handed back."""
    issue = start(here, "Nothing to do.")
    until(here, issue)
    assert record(here, issue)["verdict"] == "needs-human"
    assert labels(issue) == {HUMAN}
    return issue


def reactions(said: Comment) -> list[str]:
    """Return what was reacted to a comment, each word once an account."""
    return sorted(word for word, _ in said.reactions)


def replies(here: World, issue: Issue) -> list[tuple[str, str]]:
    """Return what every record says was said and what became of it."""
    heard = [one for run in records(here, issue) for one in run.get("answers", {}).get("heard", ())]
    return [(one["word"], one["reply"]) for one in heard]


def by_afk(here: World, issue: Issue) -> list[Comment]:
    """Return afk's comments on the issue, records among them."""
    return [one for one in issue.comments if one.author is here.bot]


__all__ = ["by_afk", "comment", "handed_back", "reactions", "replies", "say", "tick"]
