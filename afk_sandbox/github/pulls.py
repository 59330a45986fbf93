"""GitHub's REST endpoints for pull requests: opened, listed, edited, and what is said of lines.

Recordings of ``github/``: ``098`` to ``104``. Refusals without a recording, as clients were
answered them: no commits between (https://github.com/octokit/octokit.net/issues/879), a job's
token that may not open any (https://github.com/peter-evans/create-pull-request/issues/3979).
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.pulls import NothingBetween, NotPossible, PullExists
from afk_sandbox.forge.records import Access, Account, Repository
from afk_sandbox.github.answers import ApiError, invalid, not_found, too_long
from afk_sandbox.github.call import Call
from afk_sandbox.github.issues import BODY
from afk_sandbox.github.pull_shapes import listed_pull, review_comment, whole_pull

_WITHOUT_MERGE_COMMIT: Final = "2026-03-10"
_NO_LEAVE: Final = "GitHub Actions is not permitted to create or approve pull requests."


def find_pull(call: Call) -> Pull:
    """Return the pull request in the path."""
    found = call.repo.issues.get(call.number("number"))
    if found is None or found.pull is None:
        raise not_found()
    return found.pull


def list_pulls(call: Call) -> Response:
    """GET /repos/{o}/{r}/pulls: ``head`` is an owner and a branch; newest first."""
    state, head, base = call.query("state", "open"), call.query("head"), call.query("base")
    found = [
        one
        for one in reversed(call.model.pulls(call.repo))
        if state in ("all", "open" if one.open else "closed")
        and (not head or head == _label(one))
        and (not base or base == one.base_ref)
    ]
    return call.listed([_fitting(call.request, listed_pull(call, one)) for one in found])


def get_pull(call: Call) -> Response:
    """GET /repos/{o}/{r}/pulls/{number}."""
    return call.answer(_fitting(call.request, whole_pull(call, find_pull(call))))


def create_pull(call: Call) -> Response:
    """POST /repos/{o}/{r}/pulls: by whoever may write the head's repository, or opened a fork."""
    caller, given = call.may_take_part(), call.fields
    owner, _, branch = call.text("head").removeprefix("refs/heads/").rpartition(":")
    source = _source(call, owner)
    if caller.job_token and not call.repo.merging.job_token_opens:
        raise ApiError(403, _NO_LEAVE)
    if call.model.rights(source, caller) < Access.WRITE:
        raise call.forbidden()
    if not call.text("title"):
        raise invalid("PullRequest", "title", "missing_field")
    if len(call.text("body")) > BODY:
        raise too_long("PullRequest")
    base = call.text("base").removeprefix("refs/heads/")
    pull = _opened(call.model, call.repo, source, caller, (branch, base), given)
    shown = whole_pull(call, pull)
    return call.answer(_fitting(call.request, shown), 201, headers={"Location": shown["url"]})


def edit_pull(call: Call) -> Response:
    """PATCH /repos/{o}/{r}/pulls/{number}: by writers, and by who opened it."""
    pull, caller, given, model = find_pull(call), call.user, call.fields, call.model
    if pull.author is not caller and call.rights(call.repo) < Access.WRITE:
        raise call.forbidden()
    call.not_archived()
    title, body, base, state = (given.get(name) for name in ("title", "body", "base", "state"))
    if state not in (None, "open", "closed"):
        raise invalid("PullRequest", "state", "invalid")
    if title is not None:
        model.edit_title(pull.issue, caller, str(title))
    if body is not None:
        model.edit_body(pull.issue, caller, str(body))
    try:
        if base is not None:
            model.retarget(pull, caller, str(base))
        if state == "closed":
            model.close(pull.issue, caller)
        elif state == "open":
            model.reopen(pull.issue, caller)
    except (NoBranch, NotPossible, PullExists):
        raise invalid("PullRequest", "base" if base else "state", "invalid") from None
    return call.answer(_fitting(call.request, whole_pull(call, pull)))


def create_review_comment(call: Call) -> Response:
    """POST .../pulls/{number}/comments: answers in a thread only; anybody may, who can read.

    https://docs.github.com/rest/pulls/comments#create-a-review-comment-for-a-pull-request:
    ``in_reply_to`` names a comment, and all else but the text is ignored.
    """
    pull, caller, text = find_pull(call), call.may_take_part(), call.text("body")
    every = (one for thread in pull.threads for one in thread.comments)
    named = call.fields.get("in_reply_to")
    answered = next((one for one in every if one.id == named), None)
    if answered is None:
        raise invalid("PullRequestReviewComment", "in_reply_to", "invalid")
    if not text:
        raise invalid("PullRequestReviewComment", "body", "missing_field")
    if len(text) > BODY:
        raise too_long("PullRequestReviewComment")
    made = call.model.reply(answered.thread, caller, text)
    shown = review_comment(call, pull, made)
    return call.answer(shown, 201, headers={"Location": shown["url"]})


def _source(call: Call, owner: str) -> Repository:
    """Return the repository of a head: this one, or somebody's fork of it."""
    if owner in ("", call.repo.owner.login):
        return call.repo
    forks = (one for one in call.model.repositories if one.fork_of is call.repo)
    found = next((one for one in forks if one.owner.login == owner), None)
    if found is None:
        raise invalid("PullRequest", "head", "invalid")
    return found


def _opened(
    model: ForgeModel,
    repo: Repository,
    source: Repository,
    caller: Account,
    ends: tuple[str, str],
    given: dict[str, Any],
) -> Pull:
    head, base = ends
    try:
        return model.open_pull(
            repo,
            caller,
            head,
            title=str(given.get("title")),
            body=str(given.get("body") or ""),
            base=base,
            head_repo=source,
            draft=given.get("draft") is True,
        )
    except PullExists:
        label = f"{source.owner.login}:{head}"
        raise _custom(f"A pull request already exists for {label}.") from None
    except NothingBetween:
        raise _custom(f"No commits between {base or repo.default_branch} and {head}") from None
    except NoBranch as missing:
        field = "head" if str(missing) == head else "base"
        raise invalid("PullRequest", field, "invalid") from None


def _custom(message: str) -> ApiError:
    problem = {"resource": "PullRequest", "code": "custom", "message": message}
    return ApiError(422, "Validation Failed", errors=[problem])


def _label(pull: Pull) -> str:
    return f"{pull.head_repo.owner.login}:{pull.head_ref}" if pull.head_repo else ""


def _fitting(request: Request, shown: dict[str, Any]) -> dict[str, Any]:
    """Return what the asked version of the API has."""
    if request.headers.get("x-github-api-version", "") >= _WITHOUT_MERGE_COMMIT:
        del shown["merge_commit_sha"]
    return shown
