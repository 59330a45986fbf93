"""Merges, and what comes with them: messages, closing keywords, deletion, children; updates.

"rec" are the recordings of Forgejo 16, ``pulls-16/``; GitHub's ways are those of
https://docs.github.com/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
and https://docs.github.com/rest/pulls/pulls#merge-a-pull-request.

A line ``CI-Merged: red`` in the head's message scripts the CI of what lands, as ``CI:`` does a
push's.
"""

import re
from typing import Final

from afk_sandbox.forge.branching import Conflict, NoBranch
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.issues import Blocked
from afk_sandbox.forge.protection import RULES, Block, Obstacle, Protections
from afk_sandbox.forge.pull_records import Pull, Wish
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.records import Access, Account, Repository
from afk_sandbox.forge.rules_of_branches import Method

ANY: Final = Wish()


class MergeRefused(Exception):
    """A merge or an update was not done; ``blocks`` says why, the first of them first."""

    def __init__(self, *blocks: Block) -> None:
        """Keep why."""
        super().__init__(", ".join(one.obstacle for one in blocks))
        self.blocks = blocks

    @property
    def obstacle(self) -> Obstacle:
        """Return what stood in the way first."""
        return self.blocks[0].obstacle


class UpToDate(Exception):
    """The head has the base's tip already: nothing to update (rec 66, 68)."""


class Merging(Protections):
    """Pull requests that land."""

    base_races: int = 0
    """How many of the next merges find that the base was moved at that very moment (rec 265;
    https://github.com/cli/cli/issues/8092)."""

    def merge(self, pull: Pull, actor: Account, wish: Wish = ANY) -> str:
        """Merge now, and return what the base's tip is afterwards. Raises `MergeRefused`.

        A wrong or shortened head is refused, and on Forgejo the check starts anew (rec 100, 101,
        107). What is read of the pull request afterwards is merged at once (rec 110).
        """
        self._refuse(pull, actor, wish)
        tip = self.landing(pull, actor, wish, pull.base_sha)
        self.script(pull.repo, tip, pull.head_sha, "CI-Merged")
        self.land(pull, actor, wish, tip)
        return tip

    def script(self, repo: Repository, sha: str, head: str, key: str) -> None:
        """Let a line of the head's message, ``CI-Merged: red``, script another commit's CI."""
        told = re.findall(rf"^{key}:[ \t]*(\S+)", repo.commits[head].message, re.MULTILINE)
        if told:
            repo.scripts[sha] = f"CI: {told[-1]}"

    def land(self, pull: Pull, actor: Account, wish: Wish, tip: str) -> None:
        """Let the base have its next tip, and do what comes with a merge."""
        source, branch = pull.head_repo, pull.head_ref
        self.mark_merged(pull, actor, wish.method, tip)
        if wish.closes:
            self._close_named(pull, actor)
        if source is pull.repo and (wish.delete_branch or pull.repo.merging.deletes_branch):
            self._delete_merged(pull, actor, branch)
        self.move_branch(pull.repo, pull.base_ref, tip, actor)

    def update_branch(
        self, pull: Pull, actor: Account, *, rebase: bool = False, head: str = ""
    ) -> None:
        """Bring the base's tip into the head's branch; on GitHub a moment later.

        ``head``: what the head must be (GitHub, ``expected_head_sha``). Raises `UpToDate`,
        `NoBranch`, `NotPossible` (``closed``, rec 74, 119) and `MergeRefused` with CONFLICT
        (rec 53, 54), HEAD_MOVED, or NOT_ALLOWED (a protected head, rec 247, 248).
        """
        repo, source = pull.repo, pull.head_repo
        if not pull.open:
            raise NotPossible("closed")
        if source is None or not pull.head_exists:
            raise NoBranch(pull.head_ref)
        if head and head != pull.head_sha:
            raise MergeRefused(Block(Obstacle.HEAD_MOVED))
        if not self.may_push(source, pull.head_ref, actor) and not pull.maintainers_edit:
            raise MergeRefused(Block(Obstacle.NOT_ALLOWED))
        if self.contains(repo, pull.head_sha, pull.base_sha):
            raise UpToDate
        tip = self._updated(pull, actor, rebase)
        expected = pull.head_sha

        def move() -> None:
            if pull.open and pull.head_sha == expected and pull.head_exists:
                source.commits |= repo.commits
                self.move_branch(source, pull.head_ref, tip, actor)

        self.later(self.rules.pulls.update_after, move)

    # Parts of a merge

    def _refuse(self, pull: Pull, actor: Account, wish: Wish) -> None:
        """Refuse a merge that cannot be, for what the forge looks at first."""
        admin = self.rights(pull.repo, actor) >= Access.ADMIN
        passed = RULES if wish.force and admin else frozenset[Obstacle]()
        moved = bool(wish.head) and wish.head != pull.head_sha
        found = [one for one in self.blocks(pull, actor) if one.obstacle not in passed]
        if moved and pull.open and self.rules.pulls.head_first:
            found.insert(0, Block(Obstacle.HEAD_MOVED))
        if wish.method not in self.methods(pull.repo, pull.base_ref):
            found.append(Block(Obstacle.METHOD, (wish.method.value,)))
        late = not self.contains(pull.repo, pull.head_sha, pull.base_sha)
        if wish.method is Method.FAST_FORWARD and late:
            found.append(Block(Obstacle.NOT_FAST_FORWARD))
        if found:
            raise MergeRefused(*found)
        if moved:
            self.recheck(pull)
            raise MergeRefused(Block(Obstacle.HEAD_MOVED))
        if self.base_races:
            self.base_races -= 1
            raise MergeRefused(Block(Obstacle.BASE_MOVED))

    def landing(self, pull: Pull, actor: Account, wish: Wish, onto: str) -> str:
        """Return what the base's tip would be. A squash names the pull's author (rec 283)."""
        repo, method, head = pull.repo, wish.method, pull.head_sha
        text = self.merge_text(pull, method, wish.title, wish.message)
        try:
            if method is Method.FAST_FORWARD:
                return head
            if method is Method.SQUASH:
                return self.squash_commit(
                    repo, onto, head, text, author=pull.author, committer=actor
                )
            if method is Method.MERGE:
                return self.merge_commit(repo, onto, head, text, actor)
            tip = self.replay(repo, onto, head, actor)
            if method is Method.REBASE_MERGE:
                return self.merge_commit(repo, onto, tip, text, actor)
        except Conflict as conflict:
            # A merge's conflict was found before; a rebase has its own (rec 277).
            raise MergeRefused(Block(Obstacle.CONFLICT, (str(conflict),))) from conflict
        return tip

    def merge_text(self, pull: Pull, method: Method, title: str = "", message: str = "") -> str:
        """Return a merge's message: as given, else the forge's own.

        Forgejo: rec 110, 135, 137. GitHub: ``Merge pull request #7 from owner/branch`` and the
        title; a squash has the single commit's message or the title and all messages.
        """
        number, name = pull.number, pull.issue.title
        own = self._own_squash(pull) if method is Method.SQUASH else ("", "")
        if method is not Method.SQUASH and self.rules.pulls.title_drafts:
            branches = f"from {pull.head_ref} into {pull.base_ref}"
            own = f"Merge pull request '{name}' (#{number}) {branches}", ""
        elif method is not Method.SQUASH:
            owner = pull.head_repo.owner.login if pull.head_repo else "unknown"
            own = f"Merge pull request #{number} from {owner}/{pull.head_ref}", name
        subject, body = title or own[0], message or ("" if title else own[1])
        return f"{subject}\n\n{body}" if body else subject

    def _own_squash(self, pull: Pull) -> tuple[str, str]:
        titled = f"{pull.issue.title} (#{pull.number})"
        if self.rules.pulls.title_drafts:
            return titled, ""
        commits = self.commits_between(pull.repo, pull.base_sha, pull.head_sha)[::-1]
        if len(commits) == 1:
            subject, _, body = commits[0].message.partition("\n")
            return f"{subject} (#{pull.number})", body.strip()
        return titled, "\n\n".join(f"* {one.message.strip()}" for one in commits)

    def _close_named(self, pull: Pull, actor: Account) -> None:
        """Close what its texts name now, as far as the merger may; blocked ones stay open.

        Rec 112, 138, 258; GitHub names the pull request as the closer.
        """
        for issue in self.closes(pull):
            if self.rights(issue.repo, actor) < Access.WRITE or not issue.open:
                continue
            try:
                self.close(issue, actor)
            except Blocked:
                continue
            if self.rules.pulls.names_closer:
                issue.events[-1].other = pull.issue

    def _delete_merged(self, pull: Pull, actor: Account, branch: str) -> None:
        """Delete a merged branch; what was to go into it goes into the base (rec 279, 280).

        A protected head stays, and the merge with it (rec 251): a view says so.
        """
        repo = pull.repo
        if self.protections(repo, branch) or branch not in repo.branches:
            return
        for child in self.pulls(repo):
            if child.base_ref == branch and child.open:
                self.retarget(child, actor, pull.base_ref)
        del repo.branches[branch]
        self.record(pull.issue, EventKind.HEAD_DELETED, actor).old = branch

    def _updated(self, pull: Pull, actor: Account, rebase: bool) -> str:  # noqa: FBT001
        repo = pull.repo
        try:
            if rebase:
                return self.replay(repo, pull.base_sha, pull.head_sha, actor)
            text = f"Merge branch '{pull.base_ref}' into {pull.head_ref}"
            return self.merge_commit(repo, pull.head_sha, pull.base_sha, text, actor)
        except Conflict as conflict:
            raise MergeRefused(Block(Obstacle.CONFLICT, (str(conflict),))) from conflict
