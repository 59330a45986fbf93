"""What people (not afk) do to a forge, so that a contract test has something to look at.

One Protocol, two ways: on the sandbox's model (`support.people_sandbox`), and through a live
Forgejo's API with each person's own token (`support.people_forgejo`). Cassettes need neither:
there the recorded names and numbers are used.
"""

from collections.abc import Mapping
from typing import Protocol

READY = "ready-for-agent"
IN_PROGRESS = "agent-in-progress"
HUMAN = "ready-for-human"


class People(Protocol):
    """Who there is: ``owner``, ``writer``, ``reader``, ``stranger``, and afk's ``bot``."""

    def repository(
        self,
        name: str,
        *,
        private: bool = False,
        labels: bool = True,
        commits: bool = True,
        owner: str = "owner",
    ) -> str:
        """Create a repository: unless told otherwise with a commit and afk's labels.

        The cast has its rights in ``owner``'s; in an organisation's those of its teams.
        """

    def organisation(self, name: str) -> str:
        """Create an organisation of ``owner``'s; returns its login.

        Its teams: ``bot`` writes code and issues, ``writer`` issues only, ``reader`` reads
        issues.
        """

    def account(self, name: str, repo: str) -> str:
        """Create an account with write to a repository; returns its login, good for ``by``."""

    def delete_account(self, login: str) -> None:
        """Delete an account; what it did stays."""

    def define_label(self, where: str, name: str) -> None:
        """Create a label of a repository, or of an organisation."""

    def delete_label(self, repo: str, name: str) -> None:
        """Delete a label of a repository."""

    def wait(self, seconds: float) -> None:
        """Let that much of the forge's time pass."""

    def issue(self, repo: str, title: str, body: str = "", by: str = "owner") -> int:
        """Open an issue."""

    def label(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        """Put a label on."""

    def unlabel(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        """Take a label off."""

    def edit(self, repo: str, number: int, by: str = "owner", **changes: str) -> None:
        """Change title, body or state."""

    def comment(self, repo: str, number: int, body: str, by: str = "owner") -> int:
        """Comment."""

    def edit_comment(self, repo: str, comment: int, body: str, by: str = "owner") -> None:
        """Change a comment."""

    def block(self, repo: str, number: int, blocker: int) -> None:
        """Make an issue depend on another one of the repository."""

    def forbid_dependencies(self, repo: str) -> None:
        """Switch dependencies off in a repository."""

    def push(self, repo: str, message: str, by: str = "owner", branch: str = "main") -> str:
        """Commit to a branch, begun at main where there is none; returns the sha."""

    def run(self, repo: str, ends: Mapping[str, str], file: str = "ci.yml") -> str:
        """Push a workflow ``ci`` that ends so: job -> success, failure, skipped; returns the sha.

        Those pushed before in other files run again beside it. A live server needs a runner.
        """

    def status(self, repo: str, sha: str, context: str, state: str) -> None:
        """Post a commit status."""

    def write(self, repo: str, branch: str, text: str, by: str = "writer") -> str:
        """Commit one line to ``story.txt``, on a branch begun at main where there is none."""

    def pull(
        self, repo: str, head: str, title: str = "Work", body: str = "", by: str = "writer"
    ) -> int:
        """Open a pull request to main."""

    def review(
        self, repo: str, number: int, event: str, body: str = "", note: str = "", by: str = "writer"
    ) -> int:
        """Review: APPROVED, REQUEST_CHANGES or COMMENT, ``note`` on the first line; its id."""

    def edit_note(self, repo: str, number: int, body: str, by: str = "writer") -> None:
        """Change the text of the first comment of the first review."""

    def protect(self, repo: str, *, checks: tuple[str, ...] = (), approvals: int = 0) -> None:
        """Protect main: these checks must pass, so many must approve."""

    def let_check(self, repo: str, number: int) -> None:
        """Wait until the forge has looked again whether a pull request can be merged."""

    def merge(self, repo: str, number: int) -> None:
        """Merge a pull request as a person does, once that is possible."""

    def remove_branch(self, repo: str, branch: str) -> None:
        """Delete a branch."""

    def rename(self, repo: str, name: str) -> None:
        """Rename a repository."""

    def transfer(self, repo: str, owner: str) -> None:
        """Give a repository to an organisation of ``owner``'s."""

    def archive(self, repo: str) -> None:
        """Archive a repository."""

    def delete_issue(self, repo: str, number: int) -> None:
        """Delete an issue."""
