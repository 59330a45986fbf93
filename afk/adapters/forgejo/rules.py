"""What a Forgejo branch demands of a merge, as far as it may be read.

``GET /repos/{o}/{r}/branches/{b}`` tells anybody what checks and approvals are asked for, and what
the asker may do (``191-branch-protected-bot`` to ``194``); the protection itself is for
administrators (``189-protection-bot``). Names of checks are globs. ``GET /repos/{o}/{r}`` has the
ways of merging (``156-repo-merge-settings``). Scope ``read:repository``; two requests, once.
"""

from dataclasses import dataclass, field, replace
from urllib.parse import quote

from httpx import codes

from afk.adapters.forgejo import pull_mapping
from afk.adapters.forgejo.api import ForgejoApi, repo_path
from afk.adapters.forgejo.pull_wire import METHODS, RULES
from afk.errors import NoBranch
from afk.model.pull import BranchRules, MergeMethod


@dataclass(frozen=True, slots=True)
class Rules:
    """Branches' demands through one token; remembers what it was told."""

    api: ForgejoApi
    _rules: dict[tuple[str, str], BranchRules] = field(default_factory=dict)
    _methods: dict[str, tuple[MergeMethod, ...]] = field(default_factory=dict)

    def of(self, repo: str, branch: str) -> BranchRules:
        """Return what the branch demands; `NoBranch` names one that is not there."""
        if (repo, branch) not in self._rules:
            self._rules[repo, branch] = self._ask(repo, branch)
        return self._rules[repo, branch]

    def _ask(self, repo: str, branch: str) -> BranchRules:
        what = f"reading the rules of {branch} of {repo}"
        answer = self.api.http.get(f"{repo_path(repo)}/branches/{quote(branch)}")
        if answer.status == codes.NOT_FOUND:
            raise NoBranch(repo, branch)
        found = pull_mapping.rules(self.api.value(RULES, answer, what, repo=repo))
        return replace(found, methods=self._allowed(repo))

    def _allowed(self, repo: str) -> tuple[MergeMethod, ...]:
        if repo not in self._methods:
            answer = self.api.http.get(repo_path(repo))
            told = self.api.value(METHODS, answer, f"reading how {repo} merges", repo=repo)
            ways: tuple[tuple[MergeMethod, bool], ...] = (
                ("merge", told.allow_merge_commits),
                ("squash", told.allow_squash_merge),
                ("rebase", told.allow_rebase),
            )
            self._methods[repo] = tuple(way for way, allowed in ways if allowed)
        return self._methods[repo]
