"""Hands of an agent that nothing makes push."""

from afk_sandbox.agents.hands import Push, Rebase


class NoHands:
    """Fails whatever an agent tries to do to a repository."""

    def push(self, push: Push) -> str:
        raise AssertionError(push)

    def rebase(self, rebase: Rebase) -> str:
        raise AssertionError(rebase)

    def open_pull(self, repo: str, branch: str, title: str, body: str, actor: str) -> str:
        raise AssertionError((repo, branch, title, body, actor))
