"""A base's merge queue (GitHub): entries, groups with CI of their own, merged or dropped.

https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue:
each entry is merged on top of the base and of the entries before it, on a branch of its own;
the required checks of that commit decide. What makes them must start on ``merge_group``, else
the entry is dropped after a while. An entry that a job's own token made starts nothing
(https://github.com/loopdive/js2/issues/1790). Reasons: ``pull_request.dequeued`` of
https://docs.github.com/webhooks/webhook-events-and-payloads.

A line ``CI-Queue: red`` in the head's message scripts the group's CI as ``CI:`` does a push's.
"""

from datetime import timedelta

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.merging import MergeRefused, Merging
from afk_sandbox.forge.protection import Block, Obstacle
from afk_sandbox.forge.pull_records import Entry, EntryState, Pull, Wish
from afk_sandbox.forge.records import Account, Issue, Repository
from afk_sandbox.forge.rules_of_branches import Queue

_RUNNING = frozenset({"waiting", "blocked", "running", "pending"})


class MergeQueues(Merging):
    """Entries of merge queues, and what becomes of them."""

    def queue(self, repo: Repository, branch: str) -> Queue | None:
        """Return the merge queue of a branch, if it has one."""
        rules = self.protections(repo, branch)
        return next((one.queue for one in rules if one.queue is not None), None)

    def entries(self, repo: Repository, branch: str) -> list[Entry]:
        """Return a queue's entries, first come first."""
        found = [p.entry for p in self.pulls(repo) if p.entry is not None and p.base_ref == branch]
        return sorted(found, key=lambda one: one.id)

    def enqueue(self, pull: Pull, actor: Account, *, head: str = "") -> Entry:
        """Put a pull request into its base's queue; one that is in it stays where it is.

        Raises `MergeRefused`: where the base has no queue (NOT_ALLOWED), at another head, and
        while requirements are not met; being behind is none (https://github.com/github/app/issues/93).
        """
        if pull.entry is not None:
            return pull.entry
        if self.queue(pull.repo, pull.base_ref) is None:
            raise MergeRefused(Block(Obstacle.NOT_ALLOWED))
        if head and head != pull.head_sha:
            raise MergeRefused(Block(Obstacle.HEAD_MOVED))
        passed = (Obstacle.QUEUE, Obstacle.BEHIND)
        found = [one for one in self.blocks(pull, actor) if one.obstacle not in passed]
        if found:
            raise MergeRefused(*found)
        entry = pull.entry = Entry(
            id=self.next_id("queue entry"), pull=pull, by=actor, at=self.now(), head=pull.head_sha
        )
        self.record(pull.issue, EventKind.QUEUED, actor)
        self._turn(pull.repo, pull.base_ref)
        return entry

    def dequeue(self, pull: Pull, actor: Account, reason: str = "MANUAL") -> None:
        """Take a pull request out of the queue; one that is not in it is no error."""
        if pull.entry is not None:
            pull.repo.branches.pop(pull.entry.branch, None)
            pull.entry = None
            self.record(pull.issue, EventKind.DEQUEUED, actor).new = reason

    def settle(self) -> None:
        """Let every queue go on as far as it can by now."""
        super().settle()
        queued = [one for one in self.every_pull() if one.entry is not None]
        for repo, base in dict.fromkeys((one.repo, one.base_ref) for one in queued):
            self._turn(repo, base)

    def head_moved(self, pull: Pull, actor: Account) -> None:
        """Drop an entry whose head was pushed to."""
        super().head_moved(pull, actor)
        self.dequeue(pull, actor, "UNKNOWN_REMOVAL_REASON")

    def close(self, issue: Issue, actor: Account, **more: object) -> None:
        """Close an issue or a pull request; that leaves the queue."""
        super().close(issue, actor, **more)  # type: ignore[arg-type]  # as it came
        if issue.pull is not None and not issue.open:
            self.dequeue(issue.pull, actor)

    def _turn(self, repo: Repository, base: str) -> None:
        """Make the groups that are missing, merge the first entries, drop those that failed."""
        queue = self.queue(repo, base)
        onto = repo.branches[base]
        for entry in self.entries(repo, base):
            pull = entry.pull
            if queue is None:
                self.dequeue(pull, entry.by, "QUEUE_CLEARED")
                continue
            if entry.onto != onto and not self._group(entry, queue, onto):
                continue
            verdict = self._verdict(entry, queue)
            if verdict:
                self.dequeue(pull, entry.by, verdict)
                continue
            if entry.state is EntryState.MERGEABLE and entry.onto == repo.branches[base]:
                self.dequeue(pull, entry.by, "MERGE")
                self.land(pull, entry.by, Wish(method=queue.method), entry.group)
            onto = entry.group

    def _group(self, entry: Entry, queue: Queue, onto: str) -> bool:
        """Build an entry's commit on its predecessor's and start its CI; False when dropped."""
        pull, repo = entry.pull, entry.pull.repo
        repo.branches.pop(entry.branch, None)
        try:
            entry.group = self.landing(pull, entry.by, Wish(method=queue.method), onto)
        except MergeRefused:
            entry.state = EntryState.UNMERGEABLE
            self.dequeue(pull, entry.by, "MERGE_CONFLICT")
            return False
        entry.onto, entry.begun, entry.state = onto, self.now(), EntryState.AWAITING_CHECKS
        repo.branches[entry.branch] = entry.group
        self.script(repo, entry.group, entry.head, "CI-Queue")
        if not entry.by.job_token:
            commit = repo.commits[entry.group]
            self._start_runs(repo, entry.branch, commit, entry.by, event="merge_group")
        return True

    def _verdict(self, entry: Entry, queue: Queue) -> str:
        """Return why an entry must go, "" when it need not; it may be mergeable afterwards."""
        repo, base = entry.pull.repo, entry.pull.base_ref
        unmet = self.unmet_checks(repo, base, entry.group)
        if not unmet:
            entry.state = EntryState.MERGEABLE
            return ""
        states = self.check_states(repo, entry.group)
        if any(word not in _RUNNING for name in unmet for word in states.get(name, [])):
            return "CI_FAILURE"
        begun = entry.begun or entry.at
        late = self.now() > begun + timedelta(seconds=queue.seconds)
        return "CI_TIMEOUT" if late else ""
