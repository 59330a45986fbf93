"""People who say something to afk in a comment, and what they are shown of it."""

from support.loops import labels, record, records, start, until

from afk_sandbox.forge.records import Account, Comment, Issue
from afk_sandbox.world import HUMAN, World


def say(here: World, issue: Issue, body: str, *, by: Account | None = None) -> Comment:
    """Comment, by the owner unless somebody is named, a minute after what was before."""
    here.clock.sleep(60)
    return here.forge.comment(issue, by or here.owner, body)


def named(here: World, issue: Issue) -> None:
    """Let the workflow's event name the issue from now on."""
    here.environ |= {
        "AFK_COMMENTED": str(issue.number),
        "GITHUB_REPOSITORY": issue.repo.full_name,
    }


def handed_back(here: World, body: str = "Nothing to do.") -> Issue:
    """Return an issue whose agent pushed nothing, so that it was handed back."""
    issue = start(here, body)
    until(here, issue)
    assert record(here, issue)["verdict"] == "needs-human"
    assert labels(issue) == {HUMAN}
    return issue


def reactions(said: Comment) -> list[str]:
    """Return what was reacted to a comment."""
    return sorted(word for word, _ in said.reactions)


def replies(here: World, issue: Issue) -> list[tuple[str, str]]:
    """Return what the records say was said, and what became of it, oldest first."""
    heard = [one for run in records(here, issue) for one in run.get("answers", {}).get("heard", ())]
    return [(one["word"], one["reply"]) for one in heard]


def short_answers(here: World, issue: Issue) -> list[str]:
    """Return afk's comments that answer where no run has one."""
    return [
        one.body
        for one in issue.comments
        if one.author is here.bot and one.body.startswith("[Asked here]")
    ]
