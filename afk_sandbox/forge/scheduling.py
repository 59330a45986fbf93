"""Merges left to the forge: Forgejo's "when checks succeed", GitHub's automatic merge.

Forgejo (recordings 199-206, 267, 284, 291-294 and observations s10, s11 of ``pulls-16/``): the
head it was asked at is ignored; it is tried when a success arrives for the head or a check of
head and base ends, never by being scheduled, and merges whatever is there if no rule is against it.
GitHub (https://docs.github.com/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/automatically-merging-a-pull-request):
it merges as soon as nothing is missing, later pushes of writers included; it cannot be asked for
when nothing is missing.
"""

from datetime import datetime, timedelta

from afk_sandbox.forge.ci import JobState
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.merge_queue import MergeQueues
from afk_sandbox.forge.merging import ANY, MergeRefused
from afk_sandbox.forge.pull_records import Pull, Schedule, Wish
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.records import Account


class Scheduling(MergeQueues):
    """Pull requests that the forge will merge by itself."""

    def schedule_merge(self, pull: Pull, actor: Account, wish: Wish = ANY) -> None:
        """Leave a merge to the forge.

        Raises `NotPossible`: ``off`` by the repository's settings, ``scheduled`` already (rec
        199-205), ``draft`` (rec 152), and ``clean`` on GitHub when nothing is missing.
        """
        if not pull.repo.merging.automatic:
            raise NotPossible("off")
        if pull.schedule is not None:
            raise NotPossible("scheduled")
        if self.is_draft(pull):
            raise NotPossible("draft")
        eager = self.rules.pulls.schedules_eagerly
        if eager and not self.blocks(pull, actor):
            raise NotPossible("clean")
        pull.schedule = Schedule(by=actor, at=self.now(), wish=wish)
        self.record(pull.issue, EventKind.SCHEDULED, actor)

    def unschedule_merge(self, pull: Pull, actor: Account) -> None:
        """Take that back. Raises `NotPossible` (``unscheduled``) where there is nothing."""
        if pull.schedule is None:
            raise NotPossible("unscheduled")
        pull.schedule = None
        self.record(pull.issue, EventKind.UNSCHEDULED, actor)

    def settle(self) -> None:
        """Do what is due, then merge what was left to the forge and can be merged."""
        super().settle()
        for pull in self.every_pull():
            if pull.schedule is not None and pull.open and self._tried(pull, pull.schedule):
                self._merge_scheduled(pull, pull.schedule)

    def _merge_scheduled(self, pull: Pull, schedule: Schedule) -> None:
        wish = Wish(
            method=schedule.wish.method,
            title=schedule.wish.title,
            message=schedule.wish.message,
            delete_branch=schedule.wish.delete_branch,
        )
        queued = self.queue(pull.repo, pull.base_ref) is not None
        try:
            if queued:
                self.enqueue(pull, schedule.by)
            else:
                self.merge(pull, schedule.by, wish)
        except MergeRefused:
            return
        pull.schedule = None

    def _tried(self, pull: Pull, schedule: Schedule) -> bool:
        """Say whether something has happened since that makes the forge try."""
        if self.rules.pulls.schedules_eagerly:
            return True
        repo, now = pull.repo, self.now()
        moments: list[datetime] = [
            one.at for one in repo.statuses.get(pull.head_sha, []) if one.state == "success"
        ]
        for run in repo.runs:
            for job in run.jobs if run.sha == pull.head_sha else ():
                moments += [s.at for s in job.seen(now) if s.state is JobState.SUCCESS]
        if pull.check.since is not None and pull.check.since > schedule.at:
            moments.append(pull.check.since + timedelta(seconds=self.rules.pulls.checking))
        moments += [one.updated_at for one in pull.reviews]
        return any(schedule.at < moment <= now for moment in moments)
