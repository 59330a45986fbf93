"""What one tick saw of a run's landing by pull request, and what follows from it at once.

Pure. Who may approve was asked from the forge in this tick; nobody else's words count.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from afk.model.forge import Branch, Commit
from afk.model.pull import BranchRules, Pull, PullState
from afk.record.state import RunRecord

_UPDATE = re.compile(r"Merge (?:remote-tracking )?branch '(?P<base>[^']{1,255})'")
"""How git, GitHub and Forgejo begin the message of a merge of the base into a branch
(recordings/forgejo/pulls-16/065-update-merge.json)."""
UNREAD: Final = BranchRules(required=None, approvals=None, up_to_date=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSight:
    """A run's pull request and its surroundings, as read in one tick.

    ``base`` is the branch that the work lands on, beyond the run's base commit. ``pull`` is the
    run's own pull request: the newest one opened by afk or by somebody who may approve.
    ``foreign`` are open ones from the run's branch that strangers opened. ``rules`` are `UNREAD`
    where nothing depended on them. ``may_approve`` are the ids of those people, among all who had
    to do with the pull request, who may. ``drafts`` and ``tests_the_merge`` are what the forge is
    like: whether it has drafts, and whether CI runs on head and base merged.
    """

    base: Branch
    pull: Pull | None = None
    foreign: tuple[Pull, ...] = ()
    rules: BranchRules = UNREAD
    may_approve: Collection[int] = field(default_factory=frozenset)
    drafts: bool = True
    tests_the_merge: bool = True

    @property
    def merged(self) -> bool:
        """Say whether the run's newest pull request was merged."""
        return self.pull is not None and self.pull.state is PullState.MERGED


def tip_of(record: RunRecord, branch: Branch, sight: PullSight, own: Collection[str]) -> str:
    """Return the commit whose CI counts; ``own`` are the run's commits on its branch.

    Before there is a pull request it is the branch's head, while it is open its head, after the
    merge what landed, until the run's branch moves on beyond what was merged.
    """
    pull = sight.pull
    if pull is None:
        return branch.head if own else ""
    if pull.state is not PullState.MERGED:
        return pull.head_sha
    moved_on = branch.head not in ("", pull.head_sha) and branch.head in own
    return branch.head if moved_on else pull.merge_commit or record.landing.tip


def needs_pull(record: RunRecord, sight: PullSight) -> bool:
    """Say whether the run's branch holds what no pull request of the run has brought up."""
    pull = sight.pull
    if pull is None:
        return True
    return pull.state is PullState.MERGED and record.landing.tip != pull.merge_commit


def strayed(record: RunRecord, sight: PullSight, on_base: Collection[str]) -> tuple[str, ...]:
    """Return the run's commits that stand on the base although no pull request brought them.

    ``on_base`` are the commits of the base that carry the run's trailer. A pull request that waits
    for people may be merged by hand, which the forge need not notice; then they landed. Once one
    of the run's was merged, they may stand there, also while another one is open.
    """
    if record.landing.merged or sight.merged or landed_by_hand(record, sight):
        return ()
    return tuple(on_base)


def landed_by_hand(record: RunRecord, sight: PullSight) -> bool:
    """Say whether the waiting pull request's head was pushed to the base by a person.

    Forgejo leaves such a pull request open for ever (recordings/forgejo/pulls-16/296 to 298).
    """
    pull = sight.pull
    waiting = record.landing.waiting_since is not None
    shas = {commit.sha for commit in sight.base.commits}
    return pull is not None and pull.open and waiting and pull.head_sha in shas


def has_landed(record: RunRecord, sight: PullSight | None) -> bool:
    """Say whether what the run pushed is on the base; without a pull request it was pushed there.

    A green pull request that nobody has merged is no work done.
    """
    return sight is None or sight.merged or landed_by_hand(record, sight)


def taken_over(record: RunRecord, branch: Branch, sight: PullSight, own: Collection[str]) -> bool:
    """Say whether commits stand on the run's branch that are not its own, nor the base's.

    A merge of the base into it is nobody's work.
    """
    base = {commit.sha for commit in sight.base.commits}
    return any(
        commit.sha not in own
        and commit.sha not in base
        and not _is_update(commit, record.commits.branch)
        for commit in branch.commits
    )


def _is_update(commit: Commit, base: str) -> bool:
    """Say whether a commit's message is that of the base merged into the branch."""
    match = _UPDATE.match(commit.message)
    return match is not None and match["base"] in (base, f"origin/{base}")
