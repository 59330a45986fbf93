"""What GitHub says of a pull request's way to its base; REST and GraphQL show the same.

Pure functions of the model. ``mergeStateStatus`` is the asker's own view
(https://docs.github.com/en/graphql/reference/enums#mergestatestatus); recordings ``101`` (unknown
at first), ``102`` (blocked), ``103`` (unstable), ``104`` (dirty). Which texts a refused merge has:
``106``, ``108``, and what clients were answered
(https://github.com/cli/cli/issues/8092, https://github.com/rue-language/rue/issues/2053,
https://github.com/RakuenSoftware/aimee/issues/2460).
"""

from typing import Final

from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.protection import Block, Obstacle
from afk_sandbox.forge.pull_records import Mergeable, Pull, Verdict
from afk_sandbox.forge.records import Account

HEAD_MOVED: Final = "Head branch was modified. Review and try the merge again."
BASE_MOVED: Final = "Base branch was modified. Review and try the merge again."
NOT_MERGEABLE: Final = "Pull Request is not mergeable"
_VIOLATED: Final = "Repository rule violations found"
_MERGEABLE: Final = {
    Mergeable.CLEAN: "MERGEABLE",
    Mergeable.CONFLICT: "CONFLICTING",
    Mergeable.UNKNOWN: "UNKNOWN",
}
_METHODS: Final = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}
_PASSED: Final = frozenset({"success", "skipped", "neutral"})


def mergeable(model: ForgeModel, pull: Pull) -> str:
    """Return whether head and base go together; asking may start the check."""
    return _MERGEABLE[model.mergeability(pull)] if pull.open else "UNKNOWN"


def merge_state(model: ForgeModel, pull: Pull, viewer: Account | None) -> str:
    """Return what a merge by the viewer would meet now."""
    said = mergeable(model, pull)
    if said == "UNKNOWN":
        return said
    if said == "CONFLICTING":
        return "DIRTY"
    if model.is_draft(pull):
        return "DRAFT"
    if viewer is None or not model.may_merge(pull.repo, pull.base_ref, viewer):
        return "BLOCKED"
    unmet = {one.obstacle for one in model.unmet_rules(pull, viewer)}
    if unmet == {Obstacle.BEHIND}:
        return "BEHIND"
    if unmet:
        return "BLOCKED"
    states = model.check_states(pull.repo, pull.head_sha).values()
    return "CLEAN" if {word for words in states for word in words} <= _PASSED else "UNSTABLE"


def decision(model: ForgeModel, pull: Pull) -> str | None:
    """Return what reviewers have said, null where nobody has to."""
    rules = [one for one in model.protections(pull.repo, pull.base_ref) if one.approvals]
    if not rules:
        return None
    opinions = [one for one in model.opinions(pull) if model.counts(one)]
    if any(one.verdict is Verdict.CHANGES_REQUESTED for one in opinions):
        return "CHANGES_REQUESTED"
    enough = all(model.approvals(pull, rule) >= rule.approvals for rule in rules)
    return "APPROVED" if enough else "REVIEW_REQUIRED"


def refusal_text(model: ForgeModel, pull: Pull, refused: MergeRefused) -> str:
    """Return what a refused merge is answered; of rules of which no text is known, the heading."""
    block = refused.blocks[0]
    fixed = {
        Obstacle.HEAD_MOVED: HEAD_MOVED,
        Obstacle.BASE_MOVED: BASE_MOVED,
        Obstacle.QUEUE: f"{_VIOLATED}\n\nChanges must be made through the merge queue",
        Obstacle.REJECTED: _VIOLATED,
        Obstacle.REQUESTED: _VIOLATED,
        Obstacle.THREADS: _VIOLATED,
        Obstacle.FILES: _VIOLATED,
    }
    if block.obstacle in (Obstacle.CHECKS, Obstacle.BEHIND):
        return _checks(model, pull, block)
    if block.obstacle is Obstacle.APPROVALS:
        reviews = "approving review is" if block.count == 1 else "approving reviews are"
        return f"At least {block.count} {reviews} required by reviewers with write access."
    if block.obstacle is Obstacle.METHOD:
        return f"{_METHODS[block.names[0]]} are not allowed on this repository."
    return fixed.get(block.obstacle, NOT_MERGEABLE)


def _checks(model: ForgeModel, pull: Pull, block: Block) -> str:
    rules = model.protections(pull.repo, pull.base_ref)
    total = len({name for rule in rules for name in rule.required})
    if block.count == 1 and total == 1:
        return f'Required status check "{block.names[0]}" is expected.'
    return f"{block.count or total} of {total} required status checks are expected."
