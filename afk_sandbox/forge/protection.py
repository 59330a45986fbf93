"""What branches demand of a push and of a merge, and what stands in a merge's way now.

"rec" are the recordings of Forgejo 16, ``pulls-16/``; GitHub's demands are those of
https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
and of rulesets. Nothing is worded here: a view says each `Obstacle` in its forge's words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique
from fnmatch import fnmatchcase
from typing import Any

from afk_sandbox.forge.pull_records import Mergeable, Pull, Review, Verdict
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.records import Access, Account, Repository, Unit
from afk_sandbox.forge.reviews import OPINIONS, Reviews
from afk_sandbox.forge.rules_of_branches import Method, Protection

_PASSED = frozenset({"success", "skipped", "neutral"})


@unique
class Obstacle(StrEnum):
    """What stands in a merge's way, in the order in which Forgejo looks."""

    MERGED = "merged"
    CLOSED = "closed"
    NOT_ALLOWED = "not-allowed"
    DRAFT = "draft"
    CHECKING = "checking"
    CONFLICT = "conflict"
    NOTHING = "nothing"
    DEPENDENCY = "dependency"
    CHECKS = "checks"
    APPROVALS = "approvals"
    REJECTED = "rejected"
    REQUESTED = "requested"
    BEHIND = "behind"
    THREADS = "threads"
    FILES = "files"
    QUEUE = "queue"
    METHOD = "method"
    # Of a merge as it is asked for
    HEAD_MOVED = "head-moved"
    BASE_MOVED = "base-moved"
    NOT_FAST_FORWARD = "not-fast-forward"


RULES = frozenset(
    {
        Obstacle.CHECKS,
        Obstacle.APPROVALS,
        Obstacle.REJECTED,
        Obstacle.REQUESTED,
        Obstacle.BEHIND,
        Obstacle.THREADS,
        Obstacle.FILES,
        Obstacle.QUEUE,
    }
)
"""Those that a protection or ruleset puts there."""


@dataclass(frozen=True, slots=True)
class Block:
    """An obstacle, with the names or the number that its words need."""

    obstacle: Obstacle
    names: tuple[str, ...] = ()
    count: int = 0


class Protections(Reviews):
    """Rules of branches, and what they say of a pull request."""

    def protect(self, repo: Repository, pattern: str, **demands: Any) -> Protection:
        """Protect the branches of a name or glob; see `Protection` for what can be demanded."""
        rule = Protection(pattern=pattern, **demands)
        repo.protections.append(rule)
        return rule

    def unprotect(self, repo: Repository, rule: Protection) -> None:
        """Take a protection away."""
        repo.protections.remove(rule)

    def protections(self, repo: Repository, branch: str) -> list[Protection]:
        """Return what holds for a branch; all of them together."""
        return [one for one in repo.protections if one.covers(branch)]

    def may_push(self, repo: Repository, branch: str, actor: Account) -> bool:
        """Say whether somebody may push to a branch by himself (rec 191-194, 247-249)."""
        if self.rights(repo, actor, Unit.CODE) < Access.WRITE:
            return False
        return all(
            one.push is None or actor.id in one.push | one.bypass
            for one in self.protections(repo, branch)
        )

    def may_merge(self, repo: Repository, branch: str, actor: Account) -> bool:
        """Say whether somebody may merge into a branch at all (rec 191, 244, 245)."""
        if self.rights(repo, actor, Unit.CODE) < Access.WRITE:
            return False
        return all(
            one.merge is None or actor.id in one.merge | one.bypass
            for one in self.protections(repo, branch)
        )

    def delete_branch(self, repo: Repository, branch: str, actor: Account) -> None:
        """Take a branch away, but no protected one (rec 250: `NotPossible`, ``protected``)."""
        rules = self.protections(repo, branch)
        if branch in repo.branches and any(not one.ruleset for one in rules):
            raise NotPossible("protected")
        super().delete_branch(repo, branch, actor)

    def methods(self, repo: Repository, branch: str) -> frozenset[Method]:
        """Return how merges into a branch are allowed (rec 156-159)."""
        allowed = repo.merging.methods
        for one in self.protections(repo, branch):
            allowed &= allowed if one.methods is None else one.methods
            if one.linear:
                allowed -= {Method.MERGE, Method.REBASE_MERGE}
        return allowed

    # Checks

    def check_states(self, repo: Repository, sha: str) -> dict[str, list[str]]:
        """Return the states of a commit's checks and statuses by name.

        One per workflow, event and job, the newest; the newest of each posted context. A state is
        a job's or a status' word.
        """
        now = self.now()
        newest: dict[tuple[str, str, str], str] = {}
        for run in repo.runs:
            for job in run.jobs if run.sha == sha and run.visible(now) else ():
                state = job.state(now)
                name = self.rules.pulls.check_name.format(
                    workflow=run.workflow.name, job=job.name, event=run.event
                )
                if state is not None:
                    newest[name, run.workflow.file, run.event] = state.value
        found: dict[str, list[str]] = {}
        for (name, *_), word in newest.items():
            found.setdefault(name, []).append(word)
        posted = {one.context: one.state for one in repo.statuses.get(sha, [])}
        for name, word in posted.items():
            found.setdefault(name, []).append(word)
        return found

    def unmet_checks(self, repo: Repository, branch: str, sha: str) -> list[str]:
        """Return the required checks that have not passed; one that never came is among them.

        Skipped passes (rec 288-290); anybody's status satisfies (rec 205, 290).
        """
        return self._missing(self.protections(repo, branch), self.check_states(repo, sha))

    def _missing(self, rules: list[Protection], states: dict[str, list[str]]) -> list[str]:
        wanted = dict.fromkeys(name for rule in rules for name in rule.required)
        return [one for one in wanted if not self._passed(one, states)]

    def _passed(self, wanted: str, states: dict[str, list[str]]) -> bool:
        if self.rules.pulls.check_globs:
            words = [
                w for name, found in states.items() if fnmatchcase(name, wanted) for w in found
            ]
        else:
            words = states.get(wanted, [])
        return bool(words) and all(word in _PASSED for word in words)

    # Reviews

    def opinions(self, pull: Pull) -> list[Review]:
        """Return the newest opinion of each person that nobody dismissed.

        A later comment does not lift one (rec 304; GitHub: ``latestOpinionatedReviews``).
        """
        newest = {one.author.id: one for one in pull.reviews if one.verdict in OPINIONS}
        return [one for one in newest.values() if not one.dismissed]

    def counts(self, review: Review) -> bool:
        """Say whether an opinion counts: as fixed when it was given, or by its author's rights.

        Rec 212, 241, 303; GitHub's ``authorCanPushToRepository``.
        """
        if not self.rules.pulls.writers_now:
            return review.official
        return self.rights(review.pull.repo, review.author, Unit.CODE) >= Access.WRITE

    def approvals(self, pull: Pull, rule: Protection) -> int:
        """Return how many approvals count for a rule."""
        return sum(
            one.verdict is Verdict.APPROVED
            and self.counts(one)
            and not (rule.ignores_stale and one.stale)
            and not (rule.last_push and one.author is pull.pushed_by)
            for one in self.opinions(pull)
        )

    def diff_changed(self, pull: Pull, actor: Account) -> None:
        """Dismiss approvals where the base asks for it after a push that changes the diff."""
        super().diff_changed(pull, actor)
        if any(one.dismisses_stale for one in self.protections(pull.repo, pull.base_ref)):
            for one in self.opinions(pull):
                if one.verdict is Verdict.APPROVED:
                    self.dismiss(one, actor)

    def _official(self, pull: Pull, author: Account, verdict: Verdict) -> bool:
        """Say whether a verdict will count; with approvers named, only theirs (rec 303)."""
        named = [one.approvers for one in self.protections(pull.repo, pull.base_ref)]
        chosen = all(one is None or author.id in one for one in named)
        return chosen and super()._official(pull, author, verdict)

    # All together

    def blocks(self, pull: Pull, actor: Account) -> list[Block]:
        """Return all that stands in the way of a merge by somebody now, in Forgejo's order."""
        return [*self._standing(pull, actor), *self.unmet_rules(pull, actor)]

    def unmet_rules(self, pull: Pull, actor: Account) -> list[Block]:
        """Return what the base's rules still ask for; nothing of whom they let pass."""
        every = self.protections(pull.repo, pull.base_ref)
        rules = [one for one in every if actor.id not in one.bypass]
        found = [block for rule in rules for block in self._unmet(pull, rule)]
        missing = self._missing(rules, self.check_states(pull.repo, pull.head_sha))
        if missing:
            found.insert(0, Block(Obstacle.CHECKS, tuple(missing), len(missing)))
        return list(dict.fromkeys(found))

    def _standing(self, pull: Pull, actor: Account) -> Iterable[Block]:
        repo = pull.repo
        if pull.merge is not None or not pull.open:
            yield Block(Obstacle.CLOSED if pull.merge is None else Obstacle.MERGED)
            return
        if not self.may_merge(repo, pull.base_ref, actor):
            yield Block(Obstacle.NOT_ALLOWED)
        if self.is_draft(pull):
            yield Block(Obstacle.DRAFT)
        said = self.mergeability(pull)
        if not self.rules.pulls.checking_refuses:
            said = pull.check.result
        if said is Mergeable.CONFLICT:
            yield Block(Obstacle.CONFLICT)
        elif said is Mergeable.UNKNOWN:
            yield Block(Obstacle.CHECKING)
        elif self.contains(repo, pull.base_sha, pull.head_sha):
            yield Block(Obstacle.NOTHING)
        if self.rules.blockers_hold and any(one.open for one in pull.issue.blockers):
            yield Block(Obstacle.DEPENDENCY)

    def _unmet(self, pull: Pull, rule: Protection) -> Iterable[Block]:
        repo = pull.repo
        if self.approvals(pull, rule) < rule.approvals:
            yield Block(Obstacle.APPROVALS, count=rule.approvals)
        against = [
            one
            for one in self.opinions(pull)
            if one.verdict is Verdict.CHANGES_REQUESTED and self.counts(one)
        ]
        if against and (rule.rejected_blocks or (self.rules.pulls.writers_now and rule.approvals)):
            yield Block(Obstacle.REJECTED, tuple(one.author.login for one in against))
        if rule.requested_blocks and pull.requested:
            yield Block(Obstacle.REQUESTED, tuple(one.login for one in pull.requested))
        if rule.up_to_date and not self.contains(repo, pull.head_sha, pull.base_sha):
            yield Block(Obstacle.BEHIND)
        if rule.resolved and any(one.resolved_by is None for one in pull.threads):
            yield Block(Obstacle.THREADS)
        touched = {change.file for change in self.diff(repo, pull.base_sha, pull.head_sha)}
        held = sorted(one for one in touched if any(fnmatchcase(one, glob) for glob in rule.files))
        if held:
            yield Block(Obstacle.FILES, tuple(held))
        if rule.queue is not None:
            yield Block(Obstacle.QUEUE)
