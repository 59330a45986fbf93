"""Bringing a pull request up to date and merging it on Forgejo: what each refusal means.

Profile
-------
``POST /repos/{o}/{r}/pulls/{n}/update?style=merge`` and ``POST .../merge``, scope
``write:repository``. Neither is ever repeated. Not sent: ``merge_when_checks_succeed`` (it ignores
the pinned head and merges what somebody pushes later, ``206``, ``284``), ``force_merge`` (an
administrator's would go past the rules, ``286``), ``delete_branch_after_merge`` (with a protected
head it answers 403 and has merged, ``251-merge-delete-protected-head``).

Update takes no expected head and answers 500 with an empty message where nothing is to be done
(``066-update-uptodate-None``), so the pull is read first, and after a 500 compared.

A merge without a message of its own loses the commits' when squashed (``137``), so title and
message are always sent. A wrong head is 409 ``head out of date``; an abbreviated one, too
(``107``). It restarts the check, so the next try may be told ``Please try again later`` (405,
``101``), which is also what a conflict is told (``055``): try again, and the update proves which.
With a rule in the way it is another 405, that says which (``195``, ``208``, ``221``, ``236``,
``242``); switched off 405 ``not an allowed merge style`` (``157``); made a draft at that moment 405
``Work in progress PRs cannot be merged`` (``151``); a race 409 ``cannot lock ref`` (``265``); a
rebase that conflicts 409 without a message (``277``); an open dependency 500 (``154``). A refusal
that names no reason is not believed before the pull was asked whether it is merged.
"""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.forgejo.api import ForgejoApi, repo_path
from afk.adapters.forgejo.errors import error_of, missing_scope
from afk.adapters.forgejo.wire import COMPARE
from afk.adapters.http import Answer
from afk.adapters.web_page import not_a_page
from afk.errors import OutsideFailure
from afk.model.pull import Merged, MergeMethod, MergeResult, Pull, UpdateResult

_REASON: Final = re.compile(r"\[reason: ([^\]]*)\]")
_AGAIN: Final = (
    "please try again later",
    "merge push out of date",
    "cannot lock ref",
    "work in progress",
)
_HEAD_MOVED: Final = "head out of date"
_METHOD: Final = "not an allowed merge style"
_REJECTED: Final = "PushRejected with remote message: "
_DEPENDS: Final = (
    "Forgejo answered 500, as it does where the pull request depends on an issue that is open"
)


@dataclass(frozen=True, slots=True)
class Merging:
    """Updates and merges through one token."""

    api: ForgejoApi

    def update(self, pull: Pull, now: Pull | None) -> UpdateResult:
        """Merge the base into the head's branch; ``now`` is the pull read just before."""
        if now is None or not (now.open and now.head_exists and now.head_sha == pull.head_sha):
            return UpdateResult.HEAD_MOVED
        if now.behind == 0:
            return UpdateResult.UP_TO_DATE
        path = f"{repo_path(pull.repo)}/pulls/{pull.number}/update"
        answer = not_a_page(self.api.http.send("POST", path, params={"style": "merge"}))
        if answer.ok:
            return UpdateResult.STARTED
        if answer.status == codes.CONFLICT:
            return UpdateResult.CONFLICT
        if answer.status == codes.INTERNAL_SERVER_ERROR and self._contains_base(now):
            return UpdateResult.UP_TO_DATE
        refused = (codes.FORBIDDEN, codes.UNPROCESSABLE_ENTITY)
        if answer.status in refused and not missing_scope(answer):
            return UpdateResult.REFUSED
        raise error_of(answer, f"updating {pull.repo}#{pull.number}", repo=pull.repo)

    def _contains_base(self, pull: Pull) -> bool:
        span = f"{quote(pull.head_sha)}...{quote(pull.base_ref)}"
        params = {"files": "false", "verification": "false"}
        answer = self.api.http.get(f"{repo_path(pull.repo)}/compare/{span}", params)
        what = f"comparing {pull.repo}#{pull.number} with {pull.base_ref}"
        return answer.ok and not self.api.value(COMPARE, answer, what).total_commits

    def merge(self, pull: Pull, method: MergeMethod, *, title: str, message: str) -> Merged:
        """Merge at the pull's head, now or not at all."""
        body = {
            "Do": method,
            "head_commit_id": pull.head_sha,
            "MergeTitleField": title,
            "MergeMessageField": message,
        }
        path = f"{repo_path(pull.repo)}/pulls/{pull.number}/merge"
        answer = not_a_page(self.api.http.send("POST", path, body=body))
        if answer.ok:
            return Merged(MergeResult.MERGED)
        if (found := _named(answer)) is not None:
            return found
        if self.api.http.get(path).status == codes.NO_CONTENT:
            return Merged(MergeResult.MERGED)
        return self._refused(answer, pull)

    def _refused(self, answer: Answer, pull: Pull) -> Merged:
        """Return what a refusal means that names no reason, once the pull is not merged."""
        says = _message(answer)
        if answer.status == codes.NOT_FOUND:
            return Merged(MergeResult.HEAD_MOVED, says="the pull request is closed")
        if answer.status == codes.CONFLICT and not says:
            return Merged(MergeResult.CONFLICT)
        if answer.status == codes.INTERNAL_SERVER_ERROR and answer.is_json:
            return Merged(MergeResult.REFUSED, says=_DEPENDS)
        refused = (codes.METHOD_NOT_ALLOWED, codes.CONFLICT)
        if answer.status in refused:
            return Merged(MergeResult.REFUSED, says=says or "Forgejo says no more")
        raise error_of(answer, f"merging {pull.repo}#{pull.number}", repo=pull.repo)


def _named(answer: Answer) -> Merged | None:
    """Return what a refusal means that says itself what it is; None for all others."""
    says = _message(answer)
    if answer.status not in (codes.METHOD_NOT_ALLOWED, codes.CONFLICT) or not says:
        return None
    if _HEAD_MOVED in says:
        return Merged(MergeResult.HEAD_MOVED)
    if any(word in says.lower() for word in _AGAIN):
        return Merged(MergeResult.TRY_AGAIN, says=says)
    if _METHOD in says:
        return Merged(MergeResult.METHOD, says=says)
    reason = _REASON.search(says)
    return Merged(MergeResult.REFUSED, says=reason[1] if reason else says.removeprefix(_REJECTED))


def _message(answer: Answer) -> str:
    """Return what an error's ``message`` says; "" without one, whatever else there is."""
    try:
        data: Any = answer.json if answer.is_json else None
    except OutsideFailure:
        return ""
    said = data.get("message") if isinstance(data, dict) else None
    # Through `Answer.excerpt`: masked and bounded.
    return answer.excerpt if isinstance(said, str) and said else ""
