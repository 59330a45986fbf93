"""What the recordings of Forgejo's pull requests presume, brought about in the sandbox's model."""

from datetime import timedelta
from typing import Any, Final

from support.forgejo_world import FIRST

from afk_sandbox.forge.ci import Job, Workflow
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pull_records import Pull, Verdict
from afk_sandbox.forge.reviews import Note
from afk_sandbox.forge.rules_of_branches import Method
from afk_sandbox.forge.trees import Change

HEAD: Final = "afk/7-abcd1234"


class Scene:
    """A forge with a repository, a run's branch and the recordings' cast, under its own clock."""

    def __init__(self) -> None:
        """Begin with main, the branch and an issue."""
        self.now = FIRST
        self.forge = ForgeModel(lambda: self.now)
        self.cast = {
            login: self.forge.add_account(login)
            for login in ("owner", "writer", "bot", "stranger", "reader")
        }
        self.repo = self.forge.add_repository(self.cast["owner"], "shop", workflows=())
        for login in ("bot", "writer"):
            self.forge.set_access(self.repo, self.cast[login], "write")
        self.write("main", "first", by="owner")
        self.forge.open_issue(self.repo, "Do it", self.cast["owner"])
        self.write(HEAD, "work")

    def write(self, branch: str, text: str, by: str = "bot", file: str = "a.txt") -> str:
        """Push one line."""
        actor = self.cast[by]
        sha = self.forge.push(self.repo, branch, text, actor, changes=[Change(file, 1, text)])
        self.rest()
        return sha

    def rest(self, seconds: float = 1) -> None:
        """Let time pass: checks end, seconds change."""
        self.now += timedelta(seconds=seconds)

    def pull(self, by: str = "bot", title: str = "Add b") -> Pull:
        """Open a pull request of the branch."""
        pull = self.forge.open_pull(self.repo, self.cast[by], HEAD, title=title, body="Closes #1\n")
        self.rest()
        return pull

    def behind(self) -> Pull:
        """Return a pull whose base has moved on."""
        pull = self.pull()
        self.write("main", "elsewhere", by="owner", file="else.txt")
        return pull

    def conflict(self) -> Pull:
        """Return a pull whose base has the same line otherwise."""
        pull = self.pull()
        self.write("main", "another's", by="owner")
        return pull

    def merged(self) -> Pull:
        """Return a merged pull."""
        pull = self.pull()
        self.forge.merge(pull, self.cast["bot"])
        self.rest()
        return pull

    def closed(self) -> Pull:
        """Return a closed pull."""
        pull = self.pull()
        self.forge.close(pull.issue, self.cast["bot"])
        return pull

    def reviewed(self) -> Pull:
        """Return a pull with the recordings' reviews; one is somebody's pending one."""
        pull = self.pull()
        say, cast = self.forge.review, self.cast
        say(pull, cast["bot"], Verdict.COMMENTED, "self comment")
        say(pull, cast["stranger"], Verdict.APPROVED, "fine")
        notes = [Note("a.txt", 1, "why five?"), Note("a.txt", 6, "old line", old_side=True)]
        say(pull, cast["writer"], Verdict.CHANGES_REQUESTED, "not yet", notes=notes)
        say(pull, cast["owner"], Verdict.PENDING, "hm")
        return pull

    def guarded(self, **demands: Any) -> Pull:
        """Return a pull to a branch that demands something."""
        pull = self.pull()
        self.forge.protect(self.repo, "main", **demands)
        return pull


def nothing_to_merge(scene: Scene) -> None:
    """Have the head in the base, by hand."""
    pull = scene.pull()
    scene.forge.move_branch(scene.repo, "main", pull.head_sha, scene.cast["owner"])
    scene.rest()


def stale_approval(scene: Scene) -> None:
    """Have an approval of another diff."""
    pull = scene.guarded(approvals=1, ignores_stale=True)
    scene.forge.review(pull, scene.cast["writer"], Verdict.APPROVED)
    scene.write(HEAD, "more", file="b.txt")


def rejected(scene: Scene) -> None:
    """Have changes requested."""
    pull = scene.guarded(rejected_blocks=True)
    scene.forge.review(pull, scene.cast["writer"], Verdict.CHANGES_REQUESTED)


def asked_for_review(scene: Scene) -> None:
    """Have a review asked for."""
    pull = scene.guarded(requested_blocks=True)
    scene.forge.request_review(pull, scene.cast["bot"], scene.cast["writer"])


def outdated(scene: Scene) -> None:
    """Have the head behind a base that wants it up to date."""
    scene.behind()
    scene.forge.protect(scene.repo, "main", up_to_date=True)


def dependent(scene: Scene) -> None:
    """Have the pull wait for an open issue."""
    pull = scene.pull()
    scene.forge.add_dependency(pull.issue, scene.repo.issues[1], scene.cast["owner"])


def no_merges(scene: Scene) -> None:
    """Have one way of merging switched off."""
    scene.pull()
    scene.repo.merging.methods = frozenset({Method.SQUASH})


def raced(scene: Scene) -> None:
    """Have another merge at that very moment."""
    scene.pull()
    scene.forge.base_races = 1


def rebase_conflict(scene: Scene) -> None:
    """Have commits that a merge brings in and a rebase does not."""
    scene.write(HEAD, "twice")
    scene.pull()
    scene.write("main", "twice", by="owner")


def retitled(scene: Scene) -> None:
    """Have a draft."""
    scene.pull(title="WIP: Add b")


def head_deleted(scene: Scene) -> None:
    """Have the head's branch deleted."""
    scene.pull()
    scene.forge.delete_branch(scene.repo, HEAD, scene.cast["bot"])


def reopened_without_branch(scene: Scene) -> None:
    """Have it open again while its branch is gone."""
    head_deleted(scene)
    scene.forge.reopen(scene.repo.issues[2], scene.cast["bot"])


def with_ci(scene: Scene) -> None:
    """Have a run that has ended."""
    scene.repo.workflows = (Workflow(name="ci", file="ci.yml", jobs=(Job("test"),)),)
    scene.write("main", "tested", by="owner")
    scene.rest(600)


def archived(scene: Scene) -> None:
    """Have the repository archived."""
    scene.pull()
    scene.forge.archive(scene.repo)


def superseded(scene: Scene) -> None:
    """Have two opinions of one person."""
    pull = scene.pull()
    for verdict in (Verdict.CHANGES_REQUESTED, Verdict.APPROVED):
        scene.forge.review(pull, scene.cast["writer"], verdict, "o")


def protected_head(scene: Scene) -> None:
    """Have the head behind, and protected from everybody."""
    scene.behind()
    scene.forge.protect(scene.repo, HEAD, push=frozenset())


def held_head(scene: Scene) -> None:
    """Have a protected head that is up to date."""
    scene.pull()
    scene.forge.protect(scene.repo, HEAD)


def whitelisted(scene: Scene) -> None:
    """Have a base that others may merge into."""
    scene.guarded(merge=frozenset())
