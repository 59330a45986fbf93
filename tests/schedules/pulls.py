"""What must hold of pull requests, by the policy that was in force (the design's 8a, and 11.6)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from afk_sandbox.forge.ci import JobState
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Pull, Review, Verdict
from afk_sandbox.forge.records import Access, Commit, Repository, Unit
from schedules.pull_deeds import BY_HAND
from schedules.seen import Seen

ON_ITS_WAY: Final = timedelta(minutes=10)
"""How long a tick lives at most that read another policy."""


def merged_as_asked(seen: Seen) -> Iterator[str]:
    """6: what afk merged was green as a whole at that head, and as the policy asked."""
    for repo in dict.fromkeys(issue.repo for issue in seen.issues):
        for pull in seen.here.forge.pulls(repo):
            merge = pull.merge
            if merge is None or merge.by is not seen.here.bot:
                continue
            runs = [run for run in repo.runs if run.sha == merge.head]
            if not runs or any(run.state(merge.at) is not JobState.SUCCESS for run in runs):
                yield f"6: afk merged {repo.full_name}#{pull.number}, which was not green"
            told = f"6: afk merged {repo.full_name}#{pull.number}, "
            if pull.author is seen.here.stranger:
                yield f"{told}which a stranger opened"
            if _objected(seen, pull, merge.at):
                yield f"{told}and somebody wanted it changed"
            if any(BY_HAND in one.message for one in _brought(pull)):
                yield f"{told}which somebody had taken over"
            allowed = _in_force(seen, merge.at)
            if "green" in allowed or ("approved" in allowed and _approved(seen, pull)):
                continue
            yield f"6: afk merged {repo.full_name}#{pull.number} where the policy was {allowed}"


def _in_force(seen: Seen, moment: datetime) -> list[str]:
    """Return the policies that a tick which merged then may have read."""
    until = [one for one in seen.policies if one[0] <= moment]
    ends = [*(at for at, _ in until[1:]), moment]
    return [
        policy for (_, policy), end in zip(until, ends, strict=False) if end >= moment - ON_ITS_WAY
    ]


def _approved(seen: Seen, pull: Pull) -> bool:
    """Say whether somebody who may had approved the head that was merged."""
    assert pull.merge is not None
    return any(
        one.verdict is Verdict.APPROVED
        and one.commit == pull.merge.head
        and one.created_at <= pull.merge.at
        and one.author is not seen.here.bot
        and seen.here.forge.rights(pull.repo, one.author, Unit.CODE) >= Access.WRITE
        for one in pull.reviews
    )


def _objected(seen: Seen, pull: Pull, moment: datetime) -> bool:
    """Say whether somebody who may wanted changes, some time before that and ever since."""
    newest: dict[int, Review] = {}
    for one in sorted(pull.reviews, key=lambda review: review.created_at):
        opinion = one.verdict in (Verdict.APPROVED, Verdict.CHANGES_REQUESTED)
        if opinion and one.created_at <= moment and one.author is not seen.here.bot:
            newest[one.author.id] = one
    return any(
        one.verdict is Verdict.CHANGES_REQUESTED
        and one.created_at <= moment - ON_ITS_WAY
        and seen.here.forge.rights(pull.repo, one.author, Unit.CODE) >= Access.WRITE
        for one in newest.values()
    )


def _brought(pull: Pull) -> list[Commit]:
    """Return the commits that a merge brought to its base."""
    assert pull.merge is not None
    commits = pull.repo.commits
    before = _behind(commits, commits[pull.merge.commit].parent)
    return [commits[sha] for sha in _behind(commits, pull.merge.head) - before]


def _behind(commits: Mapping[str, Commit], sha: str) -> set[str]:
    """Return a commit and everything it stands on."""
    found: set[str] = set()
    left = [sha]
    while left:
        one = left.pop()
        if one in commits and one not in found:
            found.add(one)
            left += commits[one].parents
    return found


def landed(seen: Seen, repo: Repository, commits: Collection[str]) -> set[str]:
    """Return what stands on the default branch: of these commits, and of the merges of them."""
    merges = [
        pull.merge.commit
        for pull in seen.here.forge.pulls(repo)
        if pull.merge and not _behind(repo.commits, pull.merge.head).isdisjoint(commits)
    ]
    there = _behind(repo.commits, repo.branches[repo.default_branch])
    return there.intersection([*commits, *merges])


def what_people_closed_stays_closed(seen: Seen) -> Iterator[str]:
    """A person's act wins: of a branch whose pull request they closed afk opens no other one."""
    for repo in dict.fromkeys(issue.repo for issue in seen.issues):
        every = seen.here.forge.pulls(repo)
        for pull in every:
            closed = [one for one in pull.issue.events if one.kind is EventKind.CLOSED]
            if pull.open or pull.merge or not closed or closed[-1].actor is not seen.here.owner:
                continue
            since = closed[-1].at + ON_ITS_WAY
            for other in every:
                same = other.head_ref == pull.head_ref and other.author is seen.here.bot
                if same and other.issue.created_at > since:
                    yield f"5: afk opened #{other.number} after a person closed #{pull.number}"
