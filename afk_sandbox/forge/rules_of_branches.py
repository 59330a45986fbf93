"""What a repository allows at a merge, and what its branches demand. Pure data.

Forgejo knows protections only, GitHub classic protections and rulesets; all that match a branch
hold together.
"""

from dataclasses import dataclass, field
from enum import StrEnum, unique
from fnmatch import fnmatchcase
from typing import Final


@unique
class Method(StrEnum):
    """How a merge leaves the base. The last two are Forgejo's only."""

    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"
    REBASE_MERGE = "rebase-merge"
    FAST_FORWARD = "fast-forward-only"


@dataclass(eq=False, slots=True, kw_only=True)
class MergeSettings:
    """A repository's settings (rec 156; GitHub: https://docs.github.com/rest/repos/repos).

    ``deletes_branch``: the forge deletes a merged branch by itself (GitHub; Forgejo does not for
    merges by API, rec 161). ``automatic``: merges may be left to the forge. ``job_token_opens``:
    a job's own token may open and approve pull requests (GitHub).
    """

    methods: frozenset[Method] = frozenset(Method)
    deletes_branch: bool = False
    automatic: bool = True
    job_token_opens: bool = True


@dataclass(eq=False, slots=True, kw_only=True)
class Queue:
    """A branch's merge queue (GitHub).

    ``seconds``: how long the checks of a group may take before its entry is dropped
    (``check_response_timeout_minutes``).
    """

    method: Method = Method.MERGE
    seconds: float = 3600.0


ANYBODY: Final = None


@dataclass(eq=False, slots=True, kw_only=True)
class Protection:
    """What branches of a name (a glob) demand.

    ``ruleset``: a ruleset's rule rather than a classic one (GitHub shows them in different places,
    with different rights). ``required``: checks by name. ``push`` and ``merge``: ids of the
    accounts that may, `ANYBODY` for every writer; an empty set is nobody. ``approvers``: whose
    approvals count. ``up_to_date``: the head must contain the base's tip. ``rejected_blocks``,
    ``requested_blocks``: official requests for changes, or for a review, block (rec 221, 236).
    ``ignores_stale``: approvals of another diff do not count (rec 240). ``dismisses_stale``: a
    push that changes the diff dismisses approvals. ``resolved``: every thread must be resolved.
    ``files``: globs of files that no merge may change (rec 246). ``linear``: no merge commits.
    ``last_push``: whoever pushed last cannot be the one who approves.
    """

    pattern: str
    ruleset: bool = False
    required: tuple[str, ...] = ()
    approvals: int = 0
    up_to_date: bool = False
    push: frozenset[int] | None = ANYBODY
    merge: frozenset[int] | None = ANYBODY
    approvers: frozenset[int] | None = ANYBODY
    rejected_blocks: bool = False
    requested_blocks: bool = False
    ignores_stale: bool = False
    dismisses_stale: bool = False
    resolved: bool = False
    last_push: bool = False
    linear: bool = False
    methods: frozenset[Method] | None = None
    files: tuple[str, ...] = ()
    queue: Queue | None = None
    bypass: frozenset[int] = field(default_factory=frozenset)

    def covers(self, branch: str) -> bool:
        """Say whether it holds for a branch."""
        return fnmatchcase(branch, self.pattern)
