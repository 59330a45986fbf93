"""What must hold of runs that land by pull request, whatever happens; numbers as in `invariants`.

All of it is read from the models behind the servers: what was merged and when, what CI and
reviewers had said by then, what agents were sent, what people were told.
"""

from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from support.invariants import FIRST
from support.loops import record_comments, records, said, threads
from support.overheard import Bell

from afk_sandbox.forge.ci import JobState
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Pull, Verdict
from afk_sandbox.forge.records import Access, Issue, Repository, Unit
from afk_sandbox.world import HUMAN, World

BOUNDS: Final = {
    "fix-forward": ("fix_forward_max_attempts", 5),
    "rebase": ("conflict_turns", 2),
    "review": ("review_turns", 3),
}
"""By purpose, the setting that bounds a run's turns, and its default."""


def working(here: World, repo: Repository) -> list[str]:
    """Return the threads of a repository's runs in which a turn is under way or about to be."""
    here.t3.advance()
    projects = {f"/srv/{repo.name}"}
    return [
        one.id
        for one in here.t3.state.threads.values()
        if here.t3.state.projects[one.project_id].workspace_root in projects
        and one.deleted_at is None
        and any(turn.state == "running" for turn in one.turns.values())
    ]


def pulls_of(here: World, issue: Issue) -> list[Pull]:
    """Return the pull requests from branches of the issue's runs, oldest first."""
    branch = f"afk/{issue.number}-"
    return [one for one in here.forge.pulls(issue.repo) if one.head_ref.startswith(branch)]


def assert_landing(
    here: World, issues: list[Issue], *, room: int = 1, overlooked: bool = False
) -> None:
    """1, 2, 5, 6: what may at no moment be otherwise.

    ``overlooked``: a person spoke between afk's last look and its merge, which no forge refuses.
    """
    for repo in {issue.repo for issue in issues}:
        busy = working(here, repo)
        assert len(busy) <= room, f"1: {len(busy)} at work where there is room for {room}"
    for issue in issues:
        assert_turns(here, issue)
        ours = [one for one in pulls_of(here, issue) if one.author is here.bot]
        assert len(ours) <= max(len(records(here, issue)), 1), "6: a second pull request"
        for pull in pulls_of(here, issue):
            assert_merged_rightly(here, pull, overlooked=overlooked)
        assert_done_rightly(here, issue)


def assert_turns(here: World, issue: Issue) -> None:
    """No turn beside another, none too many, one first turn."""
    found = records(here, issue)
    assert max(Counter(one["run_id"] for one in found).values(), default=0) <= 2
    told = [thread for thread in threads(here, issue) if thread.messages]
    assert len(told) <= max(len(found), 1) * 2, "1: more than one replacement"
    for thread in told:
        texts = [one.text for one in thread.messages.values() if one.role == "user"]
        assert sum(FIRST in text for text in texts) <= 1, "2: a second first turn"
        for before, after in pairwise(thread.turns.values()):
            assert before.state != "running", "1: a turn beside another"
            ended = before.completed_at or after.requested_at
            assert ended <= after.requested_at, "1: a turn beside another"
    for one in found:
        turns = Counter(turn["purpose"] for turn in one.get("dialogue", {}).get("turns", ()))
        for purpose, (setting, default) in BOUNDS.items():
            assert turns[purpose] <= here.settings.get(setting, default), (
                f"5: {turns[purpose]} turns for {purpose}"
            )
    texts = said(here, issue)
    assert len(texts) == len(set(texts)), "5: told the same twice"


def green_at(repo: Repository, sha: str, moment: datetime, *, none: bool = False) -> bool:
    """Say whether all that CI runs on a commit had passed by then; an empty set has not."""
    runs = [run for run in repo.runs if run.sha == sha]
    return (bool(runs) or none) and all(run.state(moment) is JobState.SUCCESS for run in runs)


def cancelled(here: World, repo: Repository, sha: str) -> bool:
    """Say whether a newer push has taken a commit's CI away."""
    states = {run.state(here.clock.now()) for run in repo.runs if run.sha == sha}
    return states <= {JobState.CANCELLED, JobState.SUCCESS} and JobState.CANCELLED in states


def assert_merged_rightly(here: World, pull: Pull, *, overlooked: bool = False) -> None:
    """6: what afk merged was green as a whole at that head, and as the policy asks."""
    merge, repo = pull.merge, pull.repo
    if merge is None or merge.by is not here.bot:
        return
    policy = here.settings["merge"]
    assert policy != "human", "6: afk merged what people merge"
    assert green_at(repo, merge.head, merge.at), "6: merged without green"
    if overlooked:
        return
    opinions = {}
    for review in pull.reviews:
        writes = here.forge.rights(repo, review.author, Unit.CODE) >= Access.WRITE
        if review.created_at <= merge.at and writes and review.verdict is not Verdict.COMMENTED:
            opinions[review.author.id] = review
    standing = [one for one in opinions.values() if not _dismissed_by(pull, one, merge.at)]
    assert Verdict.CHANGES_REQUESTED not in {one.verdict for one in standing}, "6: objected to"
    approvals = [one for one in standing if one.verdict is Verdict.APPROVED]
    if policy == "approved":
        assert [one for one in approvals if one.commit == merge.head], "6: merged unapproved"


def _dismissed_by(pull: Pull, review: Any, moment: datetime) -> bool:
    times = [
        one.at
        for one in pull.issue.events
        if one.kind is EventKind.REVIEW_DISMISSED and one.review is review
    ]
    return review.dismissed and (not times or min(times) < moment)


def assert_done_rightly(here: World, issue: Issue) -> None:
    """6, 7: what ended as done was merged and is green where it landed."""
    for one in records(here, issue):
        if one.get("verdict") != "done":
            continue
        merged = [pull for pull in pulls_of(here, issue) if pull.merge is not None]
        assert merged, "6: done, and nothing was merged"
        landed = one["landing"]["merged"]
        head = issue.repo.branches[one["commits"]["branch"]]
        assert landed in {pull.merge.commit for pull in merged if pull.merge}, "6: not what landed"
        superseded = cancelled(here, issue.repo, landed)
        counts = head if superseded and here.forge.contains(issue.repo, head, landed) else landed
        assert green_at(issue.repo, counts, here.clock.now()), "6: done without green"
        trailer = f"AFK-Run: {one['run_id']}"
        tip, base = issue.repo.commits[landed], one["commits"]["base"]
        brought = [tip, *here.forge.commits_between(issue.repo, base, merged[-1].head_sha)]
        theirs = merged[-1].merge is not None and merged[-1].merge.by is not here.bot
        marked = any(trailer in commit.message for commit in brought)
        assert theirs or marked, "6: somebody else's work"


def assert_over(here: World, issue: Issue, bell: Bell, *, rings: int = 1) -> None:
    """4: ended in one verdict with which labels, issue, comments and doorbells agree."""
    [found] = records(here, issue)
    assert found["stage"] == "ended", found
    verdict = found["verdict"]
    names = {label.name for label in issue.labels}
    assert ("ready-for-agent" in names, "agent-in-progress" in names) == (False, False)
    assert (HUMAN in names) == (verdict in ("needs-human", "frozen"))
    if verdict == "done":
        assert issue.closed_at is not None
    heard = Counter(ring["id"] for ring in bell.rings)
    if verdict != "stopped":
        assert f"{found['run_id']}:{verdict}" in heard, "4: nobody was told"
    assert max(heard.values(), default=0) <= rings, "4: told more than once"
    comments = [one for one in issue.comments if one.author is here.bot]
    told = [one for one in comments if "<!-- afk:woken " in one.body]
    rest = [one for one in comments if one not in told]
    assert rest == record_comments(here, issue), "4: a comment too many"
    assert len(told) <= rings * (verdict in ("needs-human", "frozen")), "4: woken too often"
    assert working(here, issue.repo) == []
