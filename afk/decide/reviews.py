"""What reviews ask of the agent, and whether the pull request is approved.

Pure. Only the words of people who may approve count, asked from the forge in this tick. What
somebody else may have put into their mouths (an edit that is not shown to be their own), what was
hidden or resolved, and what was told to the agent before, is left out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from afk.config import Config
from afk.decide.pull_sight import PullSight
from afk.model.pull import Pull, Review, ReviewComment, ReviewState
from afk.record.state import RunRecord
from afk.types import AccountKind

MAX_TOLD: Final = 40
"""Reviews and comments that one turn tells; the rest is told by the next."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What reviewers ask for and the agent was not told yet, oldest first; ``at``: the newest."""

    reviews: tuple[Review, ...] = ()
    comments: tuple[ReviewComment, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.reviews or self.comments)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return what the record remembers of it."""
        return (*(one.id for one in self.reviews), *(one.id for one in self.comments))

    @property
    def at(self) -> datetime:
        """Return when the last word was said."""
        return max([one.at for one in self.reviews] + [one.at for one in self.comments])


def opinions(pull: Pull, sight: PullSight, own: Collection[int]) -> dict[int, Review]:
    """Return each person's standing opinion: the newest approval, request, or its dismissal.

    A later comment lifts neither. The author of the pull request and afk have no say.
    """
    barred = {pull.author.id, *own}
    found: dict[int, Review] = {}
    for review in pull.reviews:
        who = review.author
        counts = who.kind is AccountKind.USER and who.id in sight.may_approve
        if counts and who.id not in barred and review.state is not ReviewState.COMMENTED:
            found[who.id] = review
    return found


def approved(pull: Pull, sight: PullSight, own: Collection[int]) -> bool:
    """Say whether somebody who may approve has approved this very head."""
    return not pull.truncated and any(
        one.state is ReviewState.APPROVED and one.commit == pull.head_sha
        for one in opinions(pull, sight, own).values()
    )


def objected(pull: Pull, sight: PullSight, own: Collection[int]) -> bool:
    """Say whether somebody who may approve wants changes and has not taken that back."""
    standing = opinions(pull, sight, own).values()
    return pull.truncated or any(one.state is ReviewState.CHANGES_REQUESTED for one in standing)


def asked(record: RunRecord, pull: Pull, sight: PullSight, own: Collection[int]) -> Asked:
    """Return what the agent has yet to be told: changes requested, and unresolved comments.

    Whoever approved this head has nothing left to ask but what they said later.
    """
    told = record.told
    standing = opinions(pull, sight, own)
    content = {
        who: one.at
        for who, one in standing.items()
        if one.state is ReviewState.APPROVED and one.commit == pull.head_sha
    }
    reviews = [
        one
        for one in standing.values()
        if one.state is ReviewState.CHANGES_REQUESTED and one.body.strip() and _speaks(one, told)
    ]
    comments = [
        one
        for one in pull.comments
        if one.author.kind is AccountKind.USER
        and one.author.id in sight.may_approve
        and one.author.id not in own
        and not one.resolved
        and _speaks(one, told)
        and (one.author.id not in content or one.at > content[one.author.id])
    ]
    return _first(sorted(reviews, key=_when), sorted(comments, key=_when))


def quiet_until(found: Asked, config: Config) -> datetime:
    """Return when the reviewers will have been silent for long enough."""
    return found.at + timedelta(seconds=config.review_quiet_seconds)


def _speaks(one: Review | ReviewComment, told: Collection[str]) -> bool:
    """Say whether it is new and its author's: edited by nobody, or last of all by themselves."""
    by_author = one.edited_by is not None and one.edited_by.id == one.author.id
    own = one.edited is False or (one.edited is True and by_author)
    return one.id not in told and own and not one.hidden


def _first(reviews: Sequence[Review], comments: Sequence[ReviewComment]) -> Asked:
    kept = tuple(reviews[:MAX_TOLD])
    return Asked(kept, tuple(comments[: MAX_TOLD - len(kept)]))


def _when(one: Review | ReviewComment) -> tuple[datetime, str]:
    return one.at, one.id
