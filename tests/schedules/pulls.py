"""What must hold of pull requests, by the policy that was in force (the design's 8a, and 11.6)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from afk_sandbox.forge.ci import JobState
from afk_sandbox.forge.pull_records import Pull, Verdict
from afk_sandbox.forge.records import Access, Unit
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
