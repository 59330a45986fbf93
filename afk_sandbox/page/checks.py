"""CI and merging in a person's words: each check of a commit, and what stands in a merge's way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from afk_sandbox.forge.ci import JobState
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.protection import Obstacle
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.records import Account, Repository

_STATES: Final[Mapping[str, tuple[str, str]]] = {
    JobState.WAITING: ("\N{WHITE CIRCLE}", "waits for a runner"),
    JobState.BLOCKED: ("\N{WHITE CIRCLE}", "waits for another job"),
    JobState.RUNNING: ("\N{BLACK RIGHT-POINTING TRIANGLE}", "runs"),
    JobState.SUCCESS: ("\N{CHECK MARK}", "passed"),
    JobState.FAILURE: ("\N{BALLOT X}", "failed"),
    JobState.CANCELLED: ("\N{EM DASH}", "was cancelled"),
    JobState.SKIPPED: ("\N{EM DASH}", "was skipped"),
}
_OBSTACLES: Final[Mapping[Obstacle, str]] = {
    Obstacle.NOT_ALLOWED: "you may not merge here",
    Obstacle.DRAFT: "it is a draft: afk makes it ready once CI is green",
    Obstacle.CHECKING: "the forge is still looking whether it can be merged",
    Obstacle.CONFLICT: "it conflicts with what was pushed meanwhile",
    Obstacle.NOTHING: "there is nothing to merge",
    Obstacle.CHECKS: "checks that must pass have not",
    Obstacle.APPROVALS: "it needs an approval",
    Obstacle.REJECTED: "somebody has asked for changes",
}


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, its state as one word of the model's, as a sign and in words."""

    name: str
    state: str
    sign: str
    words: str


def checks(forge: ForgeModel, repo: Repository, sha: str) -> Sequence[Check]:
    """Return the checks of a commit as they stand now."""
    found = forge.check_states(repo, sha)
    return [
        Check(name, state, *_STATES.get(state, ("\N{WHITE CIRCLE}", state)))
        for name, states in found.items()
        for state in states
    ]


def obstacles(forge: ForgeModel, pull: Pull, who: Account) -> Sequence[str]:
    """Return what stands in the way of a merge by somebody now, in words."""
    return [_OBSTACLES.get(one.obstacle, one.obstacle.value) for one in forge.blocks(pull, who)]
