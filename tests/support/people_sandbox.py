"""What people do on a sandbox forge: acts of its model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from support.people import HUMAN, IN_PROGRESS, READY

from afk_sandbox.forge.ci import Job, JobState, Step, Workflow
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pull_records import Verdict
from afk_sandbox.forge.records import Access, Account, AccountKind, Issue, Repository, Unit
from afk_sandbox.forge.reviews import Note
from afk_sandbox.forge.trees import Change

_VERDICTS: Final = {
    "APPROVED": Verdict.APPROVED,
    "REQUEST_CHANGES": Verdict.CHANGES_REQUESTED,
    "COMMENT": Verdict.COMMENTED,
}
TEAMS: Final = {
    "bot": {Unit.CODE: Access.WRITE, Unit.ISSUES: Access.WRITE},
    "writer": {Unit.ISSUES: Access.WRITE},
    "reader": {Unit.ISSUES: Access.READ},
}


@dataclass
class AheadClock:
    """The wall's clock, and as much as people did not care to wait for."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class SandboxPeople:
    """People of a sandbox forge."""

    forge: ForgeModel
    clock: AheadClock
    cast: dict[str, Account] = field(default_factory=dict)
    ends: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Create the cast."""
        for name in ("owner", "writer", "reader", "stranger", "bot"):
            self.cast[name] = self.forge.add_account(name)

    def _repo(self, name: str) -> Repository:
        found = self.forge.repository(name)
        assert found is not None, name
        return found

    def _issue(self, repo: str, number: int) -> Issue:
        return self._repo(repo).issues[number]

    def repository(
        self,
        name: str,
        *,
        private: bool = False,
        labels: bool = True,
        commits: bool = True,
        owner: str = "owner",
    ) -> str:
        repo = self.forge.add_repository(self.cast[owner], name, private=private)
        if owner == "owner":
            for login, access in (("writer", "write"), ("bot", "write"), ("reader", "read")):
                self.forge.set_access(repo, self.cast[login], access)
        for label in (READY, IN_PROGRESS, HUMAN) if labels else ():
            self.forge.define_label(repo, label)
        if commits:
            self.forge.push(repo, "main", "begin\n\nCI: none", self.cast["owner"])
        return repo.full_name

    def organisation(self, name: str) -> str:
        self.cast[name] = org = self.forge.add_account(name, kind=AccountKind.ORGANISATION)
        every = dict.fromkeys(Unit, Access.OWNER)
        self.forge.add_team(org, "Owners", members=[self.cast["owner"]]).units = every
        for login, units in TEAMS.items():
            self.forge.add_team(org, login, members=[self.cast[login]]).units = units
        return name

    def account(self, name: str, repo: str) -> str:
        self.cast[name] = account = self.forge.add_account(name)
        self.forge.set_access(self._repo(repo), account, "write")
        return name

    def delete_account(self, login: str) -> None:
        self.forge.delete_account(self.cast.pop(login))

    def define_label(self, where: str, name: str) -> None:
        self.forge.define_label(self._repo(where) if "/" in where else self.cast[where], name)

    def delete_label(self, repo: str, name: str) -> None:
        for label in self.forge.labels_named(self._repo(repo), [name]):
            self.forge.delete_label(label)

    def issue(self, repo: str, title: str, body: str = "", by: str = "owner") -> int:
        return self.forge.open_issue(self._repo(repo), title, self.cast[by], body=body).number

    def label(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        self.forge.add_label(self._issue(repo, number), name, self.cast[by])

    def unlabel(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        self.forge.remove_label(self._issue(repo, number), name, self.cast[by])

    def edit(self, repo: str, number: int, by: str = "owner", **changes: str) -> None:
        issue, actor = self._issue(repo, number), self.cast[by]
        if "title" in changes:
            self.forge.edit_title(issue, actor, changes["title"])
        if "body" in changes:
            self.forge.edit_body(issue, actor, changes["body"])
        if changes.get("state") == "closed":
            self.forge.close(issue, actor)
        if changes.get("state") == "open":
            self.forge.reopen(issue, actor)

    def comment(self, repo: str, number: int, body: str, by: str = "owner") -> int:
        return self.forge.comment(self._issue(repo, number), self.cast[by], body).id

    def edit_comment(self, repo: str, comment: int, body: str, by: str = "owner") -> None:
        found = self.forge.comment_by_id(self._repo(repo), comment)
        assert found is not None
        self.forge.edit_comment(found, self.cast[by], body)

    def block(self, repo: str, number: int, blocker: int) -> None:
        issue, other = self._issue(repo, number), self._issue(repo, blocker)
        self.forge.add_dependency(issue, other, self.cast["owner"])

    def forbid_dependencies(self, repo: str) -> None:
        self._repo(repo).has_dependencies = False

    def push(self, repo: str, message: str, by: str = "owner", branch: str = "main") -> str:
        text = message + "\n\nCI: none"
        return self.forge.push(self._repo(repo), branch, text, self.cast[by])

    def run(self, repo: str, ends: Mapping[str, str], file: str = "ci.yml") -> str:
        here = self._repo(repo)
        added = Workflow(name="ci", file=file, jobs=tuple(Job(name) for name in ends))
        self.ends[repo, file] = ends
        here.workflows = (*(one for one in here.workflows if one.file != file), added)
        sha = self.forge.push(here, "main", "run it", self.cast["owner"])
        now = self.forge.now()
        for run in here.runs:
            for job in run.jobs if run.sha == sha else ():
                end = JobState(self.ends[repo, run.workflow.file][job.name])
                started = () if end is JobState.SKIPPED else (JobState.RUNNING,)
                job.steps = [Step(now, state) for state in (JobState.WAITING, *started, end)]
        return sha

    def status(self, repo: str, sha: str, context: str, state: str) -> None:
        self.forge.post_status(self._repo(repo), sha, state, self.cast["writer"], context=context)

    def write(self, repo: str, branch: str, text: str, by: str = "writer") -> str:
        change = Change("story.txt", 1, text)
        here, actor = self._repo(repo), self.cast[by]
        return self.forge.push(here, branch, f"{text}\n\nCI: none", actor, changes=[change])

    def pull(
        self, repo: str, head: str, title: str = "Work", body: str = "", by: str = "writer"
    ) -> int:
        actor = self.cast[by]
        return self.forge.open_pull(self._repo(repo), actor, head, title=title, body=body).number

    def review(
        self, repo: str, number: int, event: str, body: str = "", note: str = "", by: str = "writer"
    ) -> int:
        notes = [Note("story.txt", 1, note)] if note else []
        pull = self.forge.pull(f"{repo}#{number}")
        return self.forge.review(pull, self.cast[by], _VERDICTS[event], body, notes=notes).id

    def edit_note(self, repo: str, number: int, body: str, by: str = "writer") -> None:
        self.wait(1.1)  # within the second of its making nothing would show it on Forgejo
        comment = self.forge.pull(f"{repo}#{number}").threads[0].comments[0]
        self.forge.edit_review_comment(comment, self.cast[by], body)

    def protect(self, repo: str, *, checks: tuple[str, ...] = (), approvals: int = 0) -> None:
        self.forge.protect(self._repo(repo), "main", required=checks, approvals=approvals)

    def let_check(self, repo: str, number: int) -> None:
        rules, pull = self.forge.rules.pulls, self.forge.pull(f"{repo}#{number}")
        self.forge.mergeability(pull)
        self.wait(rules.checking)

    def wait(self, seconds: float) -> None:
        self.clock.ahead += timedelta(seconds=seconds)

    def merge(self, repo: str, number: int) -> None:
        self.forge.merge(self.forge.pull(f"{repo}#{number}"), self.cast["owner"])

    def remove_branch(self, repo: str, branch: str) -> None:
        self.forge.delete_branch(self._repo(repo), branch, self.cast["owner"])

    def rename(self, repo: str, name: str) -> None:
        self.forge.rename_repository(self._repo(repo), name)

    def transfer(self, repo: str, owner: str) -> None:
        self.forge.transfer_repository(self._repo(repo), self.cast[owner])

    def archive(self, repo: str) -> None:
        self.forge.archive(self._repo(repo))

    def delete_issue(self, repo: str, number: int) -> None:
        self.forge.delete_issue(self._issue(repo, number))
