"""Merging pull requests on GitHub: at a pinned head, or not at all; and what goes before and after.

Owns `Pulls.merge`, `update` and `delete_branch`. Must not decide whether to.

Three ways lead to a merge. Taken is REST's ``PUT .../merge``: it pins the head by ``sha``, and says
in its answer what became of it, refusals included. The asynchronous one that GitHub recommends
since October 2026 tells a broken rule only when it is asked later, can find somebody else's
request with other options pending, is not on Enterprise Server, and its one advantage is
stacked pull requests, which afk never makes
(https://github.blog/changelog/2026-10-01-github-async-merge-api-generally-available). GraphQL's
``mergePullRequest`` says the same as REST without a status. A base with a merge queue takes no
direct merge: there GraphQL's ``enqueuePullRequest`` pins the head by ``expectedHeadOid``; a later
push takes it out again. What merges later by itself (``enablePullRequestAutoMerge``) is never asked
for: it would merge what somebody pushes afterwards.

405 stands for everything that is not so now, policy and race alike; only its text tells
(`_UNDECIDED`, `_METHOD`; recording 106; https://github.com/cli/cli/issues/8092). "Pull Request is
not mergeable" stands for a conflict, a draft, a closed one and one being computed: it is looked at
once more. A draft (also "Pull Request is still a draft",
https://github.com/alexwlchan/auto_merge_my_pull_requests/issues/1) was made one at that moment.
Refusals over the token's rights (merging a change to a workflow file needs a right of its own,
which a job's token never has) are told, not raised: people can still merge.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.errors import rate_limit, told
from afk.adapters.github.pull_mapping import Handle
from afk.adapters.github.pull_pages import PullPages
from afk.adapters.github.pull_queries import ENQUEUE, holding
from afk.adapters.github.pull_wire import RestMerged
from afk.adapters.github.query_builder import Query
from afk.adapters.github.wire import parse
from afk.adapters.http import Answer
from afk.adapters.web_page import not_a_page
from afk.errors import Refused, TokenError
from afk.model.pull import (
    Mergeability,
    Merged,
    MergeMethod,
    MergeResult,
    Pull,
    PullState,
    UpdateResult,
)
from afk.ports.landing import PullQuery

_UNDECIDED: Final = (
    "base branch was modified",
    "merge already in progress",
    "still a draft",
)
_METHOD: Final = re.compile(
    r"(?:merge commits|squash merges|rebase merges) are not allowed|must not contain merge commits",
    re.IGNORECASE,
)
_QUEUE: Final = "through the merge queue"
_NOT_MERGEABLE: Final = "not mergeable"
_HEAD: Final = re.compile(r"head (?:branch was modified|sha|oid)|expected ?head", re.IGNORECASE)
_SETTLED: Final = frozenset({codes.FORBIDDEN, codes.UNPROCESSABLE_ENTITY})
_GONE: Final = "reference does not exist"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubMerging:
    """Merges; ``pages`` looks again where a refusal does not tell why."""

    api: GitHubApi
    pages: PullPages

    def merge(self, pull: Pull, method: MergeMethod, *, title: str, message: str) -> Merged:
        """Merge at exactly the pull's head; 1 request, 1 or 2 more where it is refused."""
        if pull.queue is not None:
            return Merged(MergeResult.QUEUED)
        if _handle(pull).queue:
            return self._enqueue(pull)
        texts = {} if method == "rebase" else {"commit_title": title, "commit_message": message}
        body = {"sha": pull.head_sha, "merge_method": method, **texts}
        answer = self._send(pull, "PUT", "/merge", body)
        if answer.ok:
            shown = parse(RestMerged, answer.json, f"merging {pull.repo}#{pull.number}")
            return Merged(MergeResult.MERGED, shown.sha)
        says = told(answer)
        if answer.status == codes.CONFLICT:
            moved = _HEAD.search(says)
            return Merged(MergeResult.HEAD_MOVED if moved else MergeResult.TRY_AGAIN, says=says)
        if answer.status == codes.METHOD_NOT_ALLOWED:
            return self._not_now(pull, says)
        if answer.status in _SETTLED and rate_limit(answer) is None:
            return Merged(MergeResult.REFUSED, says=says)
        raise self.api.problem(answer, repo=pull.repo, repo_id=pull.repository)

    def update(self, pull: Pull) -> UpdateResult:
        """Merge the base into the head's branch; GitHub does it in the background.

        The text about a head that moved has a typographic apostrophe (recording 109). An App is
        refused where the base changed workflow files, unless it may write those
        (https://github.com/Mergifyio/mergify/issues/5055).
        """
        answer = self._send(pull, "PUT", "/update-branch", {"expected_head_sha": pull.head_sha})
        if answer.ok:
            return UpdateResult.STARTED
        if answer.status not in _SETTLED or rate_limit(answer) is not None:
            raise self.api.problem(answer, repo=pull.repo, repo_id=pull.repository)
        says = told(answer).lower()
        if "expected head sha" in says:
            return UpdateResult.HEAD_MOVED
        if "no new commits on the base" in says:
            return UpdateResult.UP_TO_DATE
        return UpdateResult.CONFLICT if "merge conflict" in says else UpdateResult.REFUSED

    def delete_branch(self, pull: Pull) -> None:
        """Delete the head's branch unless it moved, or is the base of an open pull request.

        Deleting a base closes those on it (https://github.com/cli/cli/issues/14223). 1 GraphQL
        request to look, 1 to delete; between them a push can be lost from the branch, never from
        the pull request. "Reference does not exist" (recording 140) is what was wanted.
        """
        if pull.head_repository != pull.repository or pull.head_ref == pull.base_ref:
            return
        shown = self.api.query(holding(pull.repo, pull.head_ref)).get("q0") or {}
        ref, based = shown.get("ref") or {}, shown.get("pullRequests") or {}
        tip = (ref.get("target") or {}).get("oid")
        if tip != pull.head_sha or based.get("nodes"):
            return
        path = f"/repos/{quote(pull.repo)}/git/refs/heads/{quote(pull.head_ref)}"
        answer = not_a_page(self.api.send("DELETE", path))
        if not answer.ok and _GONE not in answer.excerpt.lower():
            raise self.api.problem(answer, repo=pull.repo, repo_id=pull.repository)

    def _send(self, pull: Pull, method: str, path: str, body: dict[str, str]) -> Answer:
        whole = f"/repos/{quote(pull.repo)}/pulls/{pull.number}{path}"
        return not_a_page(self.api.send(method, whole, body=body))

    def _not_now(self, pull: Pull, says: str) -> Merged:
        """Return what a 405 means, by its text."""
        lowered = says.lower()
        if any(text in lowered for text in _UNDECIDED):
            return Merged(MergeResult.TRY_AGAIN, says=says)
        if _METHOD.search(says):
            return Merged(MergeResult.METHOD, says=says)
        if _QUEUE in lowered:
            return self._enqueue(pull)
        return self._looked(pull, says) if _NOT_MERGEABLE in lowered else _refused(says)

    def _looked(self, pull: Pull, says: str) -> Merged:
        """Look again at a pull request that "is not mergeable"."""
        found = self.pages.again(PullQuery(pull.repo, pull.head_ref, pull.number))
        now = found[0] if found else None
        if now is None or now.state is PullState.CLOSED:
            return _refused(says)
        if now.head_sha != pull.head_sha:
            return Merged(MergeResult.HEAD_MOVED, says=says)
        if now.state is PullState.MERGED:
            return Merged(MergeResult.MERGED, now.merge_commit)
        if now.mergeability is Mergeability.CONFLICT:
            return Merged(MergeResult.CONFLICT, says=says)
        return Merged(MergeResult.TRY_AGAIN, says=says)

    def _enqueue(self, pull: Pull) -> Merged:
        """Put the head into the merge queue; its refusals are texts, without a status."""
        variables = {"id": _handle(pull).node, "head": pull.head_sha}
        try:
            self.api.mutate(Query(ENQUEUE, variables)).get("enqueuePullRequest")
        except (Refused, TokenError) as error:
            says = error.body if isinstance(error, Refused) else error.what
            if _HEAD.search(says):
                return Merged(MergeResult.HEAD_MOVED, says=says)
            already = "already" in says.lower() and "queue" in says.lower()
            return Merged(MergeResult.QUEUED) if already else _refused(says)
        return Merged(MergeResult.QUEUED)


def _handle(pull: Pull) -> Handle:
    return pull.handle if isinstance(pull.handle, Handle) else Handle("")


def _refused(says: str) -> Merged:
    return Merged(MergeResult.REFUSED, says=says)
