"""What a base branch demands of a merge on GitHub, as far as a token that writes may read it.

Owns `Pulls.rules`. Must not write.

3 REST requests for a repository and branch, once a tick. ``rules/branches/{branch}`` shows every
active rule of rulesets to whoever may read (a job's token at ``contents: read`` gets 200:
https://github.com/pome-sh/digital-twins/issues/417) and is blind to classic protection;
``branches/{branch}`` shows classic protection's required checks (recording 138), and neither how
many approvals it asks for nor whether the head has to be up to date: these are None then. Classic
protection in full needs an administrator's token, and GraphQL's ``refUpdateRule`` was seen null on
protected branches (https://github.com/fpicalausa/remove-stale-branches/pull/76). The repository
shows how it merges to tokens that may write its contents and to no others (recordings 124, 135),
which is how a token without that right is found before anything is tried with it. A merge queue
set up by classic protection shows on the pull request itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.pull_wire import RestProtected, RestRule, RestSettings
from afk.adapters.github.wire import parse
from afk.errors import NoBranch, NotFound, Refused, TokenError
from afk.model.pull import BranchRules, MergeMethod

_METHODS: Final[tuple[MergeMethod, ...]] = ("merge", "squash", "rebase")
_CLOSED_TO_PUSHES: Final = frozenset(
    {"pull_request", "update", "merge_queue", "required_status_checks", "workflows"}
)
"""Rules that let nothing in but through a pull request, or nothing that was not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubRules:
    """Reads rules, those of one branch once."""

    api: GitHubApi
    _known: dict[tuple[str, str], BranchRules] = field(default_factory=dict)

    def read(self, repo: str, branch: str) -> BranchRules:
        """Return what the branch demands; raises `NoBranch` without such a branch."""
        place = (repo, branch)
        if place not in self._known:
            self._known[place] = self._read(repo, branch)
        return self._known[place]

    def _read(self, repo: str, branch: str) -> BranchRules:
        found = self._branch(repo, branch)
        return branch_rules(found, self._settings(repo), self._rulesets(repo, branch))

    def _branch(self, repo: str, branch: str) -> RestProtected:
        try:
            answer = self.api.rest("GET", f"/branches/{quote(branch, safe='')}", repo=repo)
        except NotFound:
            raise NoBranch(repo, branch) from None
        return parse(RestProtected, answer.json, f"reading {branch} of {repo}")

    def _settings(self, repo: str) -> RestSettings:
        answer = self.api.rest("GET", "", repo=repo)
        return parse(RestSettings, answer.json, f"reading how {repo} merges")

    def _rulesets(self, repo: str, branch: str) -> Sequence[RestRule] | None:
        """Return the rules, None where this token or server does not show them."""
        path = f"/rules/branches/{quote(branch, safe='')}"
        try:
            listed = self.api.rest_list(path, repo=repo)
        except (NotFound, Refused, TokenError):
            return None
        return parse(tuple[RestRule, ...], listed, f"reading the rules of {branch} of {repo}")


def branch_rules(
    found: RestProtected, settings: RestSettings, rules: Sequence[RestRule] | None
) -> BranchRules:
    """Join what a branch, its repository and its rulesets show."""
    kinds = {rule.type for rule in rules or ()}
    classic = found.protection
    is_classic = classic.enabled if classic else found.protected and not kinds
    checks = classic.required_status_checks if classic else None
    demanded = checks.contexts if checks and checks.enforcement_level != "off" else ()
    asked = [rule.parameters for rule in rules or () if rule.parameters]
    contexts = [one.context for each in asked for one in each.required_status_checks]
    unread = rules is None or (is_classic and classic is None)
    writes = settings.allow_merge_commit is not None
    strict = any(each.strict_required_status_checks_policy for each in asked)
    closed = is_classic or bool(kinds & _CLOSED_TO_PUSHES)
    approvals = max((each.required_approving_review_count for each in asked), default=0)
    return BranchRules(
        protected=found.protected or bool(kinds),
        required=None if unread else tuple(dict.fromkeys((*demanded, *contexts))),
        methods=_methods(settings, rules or ()),
        approvals=None if unread or is_classic else approvals,
        up_to_date=True if strict else None if unread or demanded else False,
        queue="merge_queue" in kinds,
        may_push=False if not writes else None if closed or rules is None else True,
        may_merge=writes,
    )


def _methods(settings: RestSettings, rules: Sequence[RestRule]) -> tuple[MergeMethod, ...] | None:
    """Return the ways of merging that repository and rules allow, None where it is not told."""
    allowed = {
        "merge": settings.allow_merge_commit,
        "squash": settings.allow_squash_merge,
        "rebase": settings.allow_rebase_merge,
    }
    if all(one is None for one in allowed.values()):
        return None
    left = [method for method in _METHODS if allowed[method]]
    if any(rule.type == "required_linear_history" for rule in rules):
        left = [method for method in left if method != "merge"]
    for rule in rules:
        named = rule.parameters.allowed_merge_methods if rule.parameters else None
        left = left if named is None else [method for method in left if method in named]
    return tuple(left)
