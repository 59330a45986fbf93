"""What afk writes on GitHub: labels, comments, an issue's state.

Owns the writing half of `Tracker`. Must not decide whether to write.

Each is one request, sent once: GitHub has no idempotency keys, so a broken connection leaves the
effect unknown and the loops look before they write again. Adding and removing labels in one call
is one GraphQL mutation where the node ids are known (the issue's, once read; its own labels' and
those of the configuration, after a listing), else REST, one request for all additions and one per
removal. GitHub runs a mutation's fields in order, and a failed first one does not stop the
second.

REST: ``POST /repos/{r}/issues/{n}/labels`` creates labels the repository lacks (recording 030)
and answers the whole list (032), ``DELETE .../labels/{name}`` answers 404 "Label does not exist"
where it is not on (034); ``PATCH`` with a state answers 200 whatever the state was (015 to 017).
Permission: ``issues: write``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.errors import GONE, already_exists
from afk.adapters.github.issue_queries import LABEL
from afk.adapters.github.listing import Known
from afk.adapters.github.mapping import rest_comment
from afk.adapters.github.query_builder import Query
from afk.adapters.github.wire import Page, RestComment, RestLabel, RestState, WireLabel, parse
from afk.errors import NotFound, Refused, UserMustFix
from afk.types import Account, Comment, Issue

COLOR: Final = "663399"
_NOT_ON: Final = "label does not exist"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubWrites:
    """Writes. ``known`` tells node ids and which labels exist."""

    api: GitHubApi
    known: Known

    def ensure_labels(self, repo: str, names: Sequence[str]) -> None:
        """Create what is missing; labels that this tick has seen cost nothing.

        GitHub's label names are unique without regard to case, afk compares them exactly: raises
        `UserMustFix` for one that is there in another case only.
        """
        if all(name in self.known.labels.get(repo, {}) for name in names):
            return
        listed = parse(
            tuple[RestLabel, ...],
            self.api.rest_list("/labels", repo=repo),
            f"listing the labels of {repo}",
        )
        there = {one.name.casefold(): one.name for one in listed}
        for name in dict.fromkeys(names):
            shown = there.get(name.casefold())
            if shown is None:
                self._create_label(repo, name)
            elif shown != name:
                raise UserMustFix(
                    f"{repo} has the label {shown!r}, but not {name!r}",
                    cause="GitHub does not tell labels apart by upper and lower case; afk does",
                    next_step=f"rename the label to {name!r}, or write {shown!r} into afk's "
                    "configuration",
                )

    def label(self, issue: Issue, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add, then remove labels, those already as wanted left out."""
        on = [name for name in dict.fromkeys(add) if not issue.has_label(name)]
        off = [name for name in dict.fromkeys(remove) if issue.has_label(name)]
        ids = self.known.labels.get(issue.repo.name, {})
        node = self.known.issues.get((issue.repo.id, issue.number))
        if on and off and node and all(name in ids for name in (*on, *off)):
            self._both(issue, node, {name: ids[name] for name in on}, [ids[name] for name in off])
            return
        if on:
            answer = self._issue(issue, "POST", "/labels", {"labels": on})
            listed = parse(tuple[RestLabel, ...], answer, f"labelling {issue.key}")
            _verify(issue, on, [one.name for one in listed])
        for name in off:
            self._remove(issue, name)

    def may_label(self, issue: Issue, name: str) -> None:
        """Take off a label that is not on: 404 "Label does not exist" for whoever may (034)."""
        if not issue.has_label(name):
            self._remove(issue, name)

    def comment(self, issue: Issue, body: str) -> Comment:
        """Post a comment."""
        answer = self._issue(issue, "POST", "/comments", {"body": body})
        return self._written(parse(RestComment, answer, f"commenting on {issue.key}"))

    def edit_comment(self, issue: Issue, comment: Comment, body: str, me: Account) -> Comment:
        """Replace a comment's text."""
        answer = self.api.rest(
            "PATCH",
            f"/issues/comments/{comment.id}",
            repo=issue.repo.name,
            repo_id=issue.repo.id,
            body={"body": body},
        )
        shown = parse(RestComment, answer.json, f"editing a comment of {issue.key}")
        return self._written(shown, edited_by=me)

    def delete_comment(self, issue: Issue, comment: Comment) -> None:
        """Delete a comment, gone or not."""
        try:
            self.api.rest(
                "DELETE",
                f"/issues/comments/{comment.id}",
                repo=issue.repo.name,
                repo_id=issue.repo.id,
            )
        except NotFound:
            return

    def _written(self, shown: RestComment, *, edited_by: Account | None = None) -> Comment:
        self.known.comments.setdefault(shown.id, shown.node_id)
        return rest_comment(shown, edited_by=edited_by)

    def set_state(self, issue: Issue, state: str, **reason: str) -> None:
        """Close or reopen; `Refused` when the answer shows the former state."""
        answer = self._issue(issue, "PATCH", "", {"state": state, **reason})
        now = parse(RestState, answer, f"setting {issue.key} to {state}").state
        if now != state:
            raise Refused(f"{issue.key} is still {now}", status=200)

    def _create_label(self, repo: str, name: str) -> None:
        answer = self.api.send(
            "POST", f"/repos/{quote(repo)}/labels", body={"name": name, "color": COLOR}
        )
        if not answer.ok and not already_exists(answer):
            raise self.api.problem(answer, repo=repo)

    def _both(self, issue: Issue, node: str, on: Mapping[str, str], off: Sequence[str]) -> None:
        variables = {"issue": node, "add": list(on.values()), "remove": list(off)}
        reply = self.api.mutate(Query(LABEL, variables))
        reply.get("add")
        shown = reply.get("remove") or {}
        left = parse(
            Page[WireLabel],
            (shown.get("labelable") or {}).get("labels"),
            f"labelling {issue.key}",
        )
        _verify(issue, list(on), [one.name for one in left.nodes])

    def _remove(self, issue: Issue, name: str) -> None:
        path = f"/repos/{quote(issue.repo.name)}/issues/{issue.number}/labels/"
        answer = self.api.send("DELETE", path + quote(name, safe=""))
        if answer.status in GONE and answer.excerpt.casefold() == _NOT_ON:
            return
        if not answer.ok:
            raise self.api.problem(answer, repo=issue.repo.name, repo_id=issue.repo.id)
        parse(tuple[RestLabel, ...], answer.json, f"taking {name} off {issue.key}")

    def _issue(self, issue: Issue, method: str, path: str, body: Mapping[str, Any]) -> Any:
        answer = self.api.rest(
            method,
            f"/issues/{issue.number}{path}",
            repo=issue.repo.name,
            repo_id=issue.repo.id,
            body=body,
        )
        return answer.json


def _verify(issue: Issue, wanted: Sequence[str], there: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in there]
    if missing:
        raise Refused(
            f"{issue.key} did not take the label {missing[0]}",
            status=200,
            body=f"labels now: {', '.join(there) or 'none'}",
            next_step="check that the label is spelled as in the repository",
        )
