"""Forgejo's pull requests, as far as one tells what it merged.

Recordings ``forgejo/14.0.0/165-pull-get`` and ``169`` to ``171``: merged it has a time and the
commit it became; its tip stays when the branch is deleted.
"""

from starlette.responses import Response

from afk_sandbox.forgejo.answers import not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.shapes import issue


def get_pull(call: Call) -> Response:
    """GET /repos/{o}/{r}/pulls/{index}."""
    one = call.issue()
    if not one.is_pull:
        raise not_found()
    shown = issue(call, one)
    same = ("id", "url", "number", "user", "title", "body", "labels", "state", "html_url")
    times = ("created_at", "updated_at", "closed_at")
    return call.answer(
        {name: shown[name] for name in (*same, *times)}
        | {name: shown["pull_request"][name] for name in ("draft", "merged", "merged_at")}
        | {"merge_commit_sha": one.merge_commit or None, "head": {"sha": one.head}}
    )
