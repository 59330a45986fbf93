"""GitHub's pull requests: github.com and GitHub Enterprise Server behind `afk.ports.landing.Pulls`.

Profile
-------
GraphQL for reading (resolved threads, edits and hidden comments exist only there), REST for
writing, in the version of `afk.adapters.github.kind.HEADERS`; nothing here reads the
``merge_commit_sha`` that version 2026-03-10 took away.

====================  =========================================================================
operation             requests
====================  =========================================================================
``read``              0 for what was announced by ``expect`` before the issues were read; else 1
                      GraphQL per 25, and as `afk.adapters.github.pull_pages` says
``reread``            1 GraphQL
``open``              1; 1 GraphQL more where one is open already, 1 more without drafts or right
                      after the push
``rules``             3 once a tick for each branch, `afk.adapters.github.rules`
``closing``           1 GraphQL per 100 issues
``merge``, ``update``  1, `afk.adapters.github.merging`
``delete_branch``     1 GraphQL and 1
other writes          1; none where it is so already
====================  =========================================================================

Permissions: ``pull-requests: write``, ``contents: write`` to merge, to update and to delete
branches. A job's token needs the repository's (and owner's) leave to open any, which it cannot ask
for: the refusal says so. Errors: `afk.adapters.github.errors`, `graphql_reply`.

What cannot be seen: pull requests that close an issue are those whose body says so and whose base
is the default branch (https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/
linking-a-pull-request-to-an-issue); on Enterprise Server before 3.15 none.

Recordings (tests/recordings/github): opening 098, 099; lists 100; merges 105, 106; updates 109; a
branch gone 140; ready 144; a conversation's comment 050. No recording shows a pull request, a
review or a rule by GraphQL: these rest on the schema.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.batches import chunks, in_parts
from afk.adapters.github.errors import told
from afk.adapters.github.mapping import account
from afk.adapters.github.merging import GitHubMerging
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.pull_mapping import Handle, opened
from afk.adapters.github.pull_pages import PullPages
from afk.adapters.github.pull_queries import CLOSES, READY
from afk.adapters.github.pull_queries import closing as closing_query
from afk.adapters.github.pull_wire import RestPull, WireLinked
from afk.adapters.github.query_builder import Query
from afk.adapters.github.rules import GitHubRules
from afk.adapters.github.wire import Page, parse
from afk.adapters.http import Answer
from afk.errors import Refused
from afk.model.pull import (
    BranchRules,
    ClosingPull,
    Merged,
    MergeMethod,
    Pull,
    UpdateResult,
    newest,
)
from afk.ports.landing import PullQuery, PullSpec
from afk.types import Issue, IssueKey

_ISSUES: Final = 100
_PAUSE: Final = 1.5
_EXISTS: Final = "already exists"
_NO_DRAFTS: Final = "draft pull requests are not supported"
_NOTHING: Final = "no commits between"
_FORBIDDEN: Final = "not permitted to create"
_LEAVE: Final = (
    'in Settings, Actions, General, turn on "Allow GitHub Actions to create and approve pull '
    "requests\" (where it cannot be, the organization forbids it), or give afk an app's token"
)


class GitHubPulls:
    """Implements `afk.ports.landing.Pulls`; one object per tick, since it remembers rules.

    ``prefetched`` is shared with `afk.adapters.github.tracker.GitHubTracker`, which fills it.
    """

    has_drafts: bool = True
    tests_the_merge: bool = True

    def __init__(self, *, api: GitHubApi, prefetched: Prefetched) -> None:
        """Put the parts together; sends nothing."""
        self._api = api
        self._prefetched = prefetched
        self._pages = PullPages(api=api, prefetched=prefetched)
        self._merging = GitHubMerging(api=api, pages=self._pages)
        self._rules = GitHubRules(api=api)

    def expect(self, queries: Sequence[PullQuery]) -> None:
        """Have the next reading of issues fetch these along."""
        self._prefetched.expect(queries)

    def read(self, queries: Sequence[PullQuery]) -> Mapping[PullQuery, Sequence[Pull]]:
        """Return the pull requests that each query names, whole, oldest first."""
        return self._pages.read(queries)

    def reread(self, pull: Pull) -> Pull | None:
        """Return it as it stands now; None when it is gone."""
        query = PullQuery(pull.repo, pull.head_ref, pull.number)
        return next(iter(self._pages.again(query)), None)

    def may_open(self, repo: str, base: str) -> None:
        """Ask for one from a branch to itself: 422 says that there is nothing between them.

        https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request
        """
        spec = PullSpec(repo=repo, head=base, base=base, title="afk", body="", draft=False)
        answer = self._post(spec, draft=False)
        if answer.status != codes.UNPROCESSABLE_ENTITY:
            raise self._refusal(
                answer, repo, f"asking whether afk may open pull requests in {repo}"
            )

    def open(self, spec: PullSpec) -> Pull:
        """Open a pull request, or return the one that is open from that branch.

        Right after a push a replica may not know the commits yet
        (https://github.com/octokit/octokit.rb/issues/622): then it is asked once more. Where a
        repository has no drafts it is opened ready.
        """
        answer = self._post(spec, draft=spec.draft)
        if _says(answer, _NOTHING):
            self._api.http.sleep(_PAUSE)
            answer = self._post(spec, draft=spec.draft)
        if spec.draft and _says(answer, _NO_DRAFTS):
            answer = self._post(spec, draft=False)
        what = f"opening a pull request from {spec.head} of {spec.repo}"
        if answer.ok:
            shown = parse(RestPull, answer.json, what)
            home = shown.base.repo
            return opened(shown, spec.repo, home.id if home else 0)
        if _says(answer, _EXISTS):
            query = PullQuery(spec.repo, spec.head)
            standing = [one for one in self._pages.again(query) if one.open]
            found = newest([one for one in standing if one.base_ref == spec.base] or standing)
            if found is not None:
                return found
        raise self._refusal(answer, spec.repo, what)

    def ready(self, pull: Pull) -> None:
        """Make a draft ready for review (recording 144); there is no REST for it."""
        if pull.draft and isinstance(pull.handle, Handle):
            self._api.mutate(Query(READY, {"id": pull.handle.node})).get(
                "markPullRequestReadyForReview"
            )

    def close(self, pull: Pull) -> None:
        """Close without merging."""
        if pull.open:
            self._write(pull, "PATCH", f"/pulls/{pull.number}", {"state": "closed"})

    def comment(self, pull: Pull, body: str) -> None:
        """Post a comment on the conversation, which is the issue's of the same number (050)."""
        self._write(pull, "POST", f"/issues/{pull.number}/comments", {"body": body})

    def update(self, pull: Pull) -> UpdateResult:
        """Merge the base's tip into the head's branch."""
        return self._merging.update(pull)

    def merge(self, pull: Pull, method: MergeMethod, *, title: str, message: str) -> Merged:
        """Merge at exactly the pull's head, or put it into the merge queue."""
        return self._merging.merge(pull, method, title=title, message=message)

    def delete_branch(self, pull: Pull) -> None:
        """Delete the head's branch if its tip is still the pull's head."""
        self._merging.delete_branch(pull)

    def rules(self, repo: str, branch: str) -> BranchRules:
        """Return what the branch demands."""
        return self._rules.read(repo, branch)

    def closing(self, issues: Sequence[Issue]) -> Mapping[IssueKey, Sequence[ClosingPull]]:
        """Return the open pull requests that say they close each issue; those in sight."""
        keys = [one.key for one in issues]
        found = [
            one
            for chunk in chunks(keys, _ISSUES)
            for one in in_parts(lambda some, _: self._closing(some), chunk, (_ISSUES,))
        ]
        return dict(zip(keys, found, strict=True))

    def _closing(self, keys: Sequence[IssueKey]) -> list[Sequence[ClosingPull]]:
        reply = self._api.ask(lambda lacks: closing_query(keys, lacks), CLOSES)
        found: list[Sequence[ClosingPull]] = []
        for number, key in enumerate(keys):
            data = reply.get(f"i{number}")
            if data is None:
                raise self._api.unseen(key.repo)
            found.append(_linked(data.get("issue"), key))
        return found

    def _post(self, spec: PullSpec, *, draft: bool) -> Answer:
        body = {
            "title": spec.title,
            "head": spec.head,
            "base": spec.base,
            "body": spec.body,
            "draft": draft,
        }
        return self._api.send("POST", f"/repos/{quote(spec.repo)}/pulls", body=body)

    def _refusal(self, answer: Answer, repo: str, what: str) -> Exception:
        if _says(answer, _FORBIDDEN):
            status, body = answer.status, told(answer)
            return Refused(f"{what} was refused", status=status, body=body, next_step=_LEAVE)
        if answer.status == codes.UNPROCESSABLE_ENTITY:
            return Refused(f"{what} was refused", status=answer.status, body=told(answer))
        return self._api.problem(answer, repo=repo)

    def _write(self, pull: Pull, method: str, path: str, body: Mapping[str, Any]) -> None:
        self._api.rest(method, path, repo=pull.repo, repo_id=pull.repository, body=body)


def _says(answer: Answer, text: str) -> bool:
    return not answer.ok and text in told(answer).lower()


def _linked(issue: Any, key: IssueKey) -> Sequence[ClosingPull]:
    """Return what is linked to an issue, nothing to one that is gone; null is out of sight."""
    shown = issue.get("closedByPullRequestsReferences") if isinstance(issue, dict) else None
    if shown is None:
        return ()
    linked = parse(Page[WireLinked | None], shown, f"reading what closes {key}")
    return [
        ClosingPull(
            one.number,
            one.repository.name_with_owner,
            account(one.author),
            one.head_ref_name,
            one.url,
        )
        for one in linked.nodes
        if one
    ]
