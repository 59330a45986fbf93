"""The sandbox's Forgejo 16 answers about pull requests as a real one was recorded to answer.

The recordings (``forgejo/pulls-16``) tell one long story; each of `REPLAYED` is brought about here
for itself. Held to it are the status, an error's words, and every key with the type of its value;
ids, names and times are those of another story.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
from support import forgejo_pull_scenes as scenes
from support.cassettes import RECORDINGS, load
from support.forgejo_pull_scenes import HEAD, Scene

from afk.adapters.tls import tls_context
from afk_sandbox.forgejo.routes import forgejo_app
from afk_sandbox.serving import serve

FOLDER: Final = "pulls-16"
REPO: Final = "/repos/owner/shop"
LINE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z ")


@dataclass(frozen=True)
class Row:
    """How an answer is brought about: what is done, what is asked, by whom."""

    given: Callable[[Scene], object]
    request: str
    body: Any = None
    by: str = "bot"
    scopes: tuple[str, ...] = ()


def merge(given: Callable[[Scene], object], by: str = "bot", **body: Any) -> Row:
    """Return a merge's row."""
    return Row(given, f"POST {REPO}/pulls/2/merge", {"Do": "squash", **body}, by)


def ask(given: Callable[[Scene], object], what: str, **more: Any) -> Row:
    """Return the row of something about the pull."""
    method, _, rest = what.partition(" ")
    return Row(given, f"{method} {REPO}{rest}", **more)


CREATE: Final = {"head": HEAD, "base": "main", "title": "Add b", "body": "Closes #1\n"}
NOTHING: Final[Callable[[Scene], object]] = lambda _: None  # noqa: E731
READ_ONLY: Final = ("write:issue", "read:repository")


REPLAYED: Final[dict[str, Row]] = {
    "001-create-scope-readrepo-writeissue": ask(
        NOTHING, "POST /pulls", body=CREATE, scopes=READ_ONLY
    ),
    "002-create-stranger": ask(NOTHING, "POST /pulls", body=CREATE, by="stranger"),
    "003-create-squatted": ask(lambda s: s.pull("stranger"), "POST /pulls", body=CREATE),
    "005-close-squatted": ask(
        lambda s: s.pull("stranger"), "PATCH /pulls/2", body={"state": "closed"}
    ),
    "006-create-ok": ask(NOTHING, "POST /pulls", body=CREATE),
    "007-get-later": ask(Scene.pull, "GET /pulls/2"),
    "010-create-unknown-head": ask(NOTHING, "POST /pulls", body={**CREATE, "head": "nope"}),
    "011-create-unknown-base": ask(NOTHING, "POST /pulls", body={**CREATE, "base": "nope"}),
    "013-create-head-is-base": ask(NOTHING, "POST /pulls", body={**CREATE, "head": "main"}),
    "014-create-no-title": ask(NOTHING, "POST /pulls", body={"head": HEAD, "base": "main"}),
    "016-title-to-ready": ask(scenes.retitled, "PATCH /pulls/2", body={"title": "ready"}),
    "020-patch-scope": ask(Scene.pull, "PATCH /pulls/2", body={"title": "t"}, scopes=READ_ONLY),
    "025-find-by-basehead": ask(Scene.pull, f"GET /pulls/main/{HEAD}"),
    "029-list-head-filter": ask(Scene.pull, f"GET /pulls?state=all&head={HEAD}&limit=50"),
    "049-get-behind": ask(Scene.behind, "GET /pulls/2"),
    "051-compare-behind": ask(
        Scene.behind, f"GET /compare/{HEAD}...main?files=false&verification=false"
    ),
    "052-get-conflict": ask(Scene.conflict, "GET /pulls/2"),
    "053-update-conflict-merge": ask(Scene.conflict, "POST /pulls/2/update?style=merge"),
    "055-merge-conflict-merge": merge(Scene.conflict, Do="merge"),
    "063-update-scope": ask(Scene.behind, "POST /pulls/2/update", scopes=READ_ONLY),
    "064-update-stranger": ask(Scene.behind, "POST /pulls/2/update", by="stranger"),
    "067-update-ok-merge": ask(Scene.behind, "POST /pulls/2/update?style=merge"),
    "068-update-uptodate-merge": ask(Scene.pull, "POST /pulls/2/update?style=merge"),
    "074-update-closed": ask(Scene.closed, "POST /pulls/2/update"),
    "075-merge-closed": merge(Scene.closed),
    "078-delete-branch-open": ask(Scene.pull, f"DELETE /branches/{HEAD}"),
    "079-get-head-deleted": ask(scenes.head_deleted, "GET /pulls/2"),
    "080-delete-branch-again": ask(scenes.head_deleted, f"DELETE /branches/{HEAD}"),
    "082-update-no-branch": ask(scenes.reopened_without_branch, "POST /pulls/2/update"),
    "085-delete-default": ask(NOTHING, "DELETE /branches/main"),
    "089-change-base-unknown": ask(Scene.pull, "PATCH /pulls/2", body={"base": "nope"}),
    "099-is-merged-no": ask(Scene.pull, "GET /pulls/2/merge"),
    "107-merge-short-sha": merge(Scene.pull, head_commit_id="9df17dec63"),
    "110-merge-ok-merge": merge(Scene.pull, Do="merge", delete_branch_after_merge=True),
    "111-get-merged-merge": ask(Scene.merged, "GET /pulls/2"),
    "112-timeline-issue-merge": ask(Scene.merged, "GET /issues/1/timeline"),
    "116-is-merged-yes": ask(Scene.merged, "GET /pulls/2/merge"),
    "117-merge-again": merge(Scene.merged),
    "118-reopen-merged": ask(Scene.merged, "PATCH /pulls/2", body={"state": "open"}),
    "119-update-merged": ask(Scene.merged, "POST /pulls/2/update"),
    "151-merge-wip": merge(scenes.retitled),
    "154-merge-dependency": merge(scenes.dependent),
    "157-merge-disabled-merge": merge(scenes.no_merges, Do="merge"),
    "170-run-jobs": ask(scenes.with_ci, "GET /actions/runs/1/jobs"),
    "171-job-logs": ask(scenes.with_ci, "GET /actions/jobs/1000/logs"),
    "191-branch-protected-bot": ask(
        lambda s: s.guarded(required=("ci / test (*)",)), "GET /branches/main"
    ),
    "195-merge-ci-pending": merge(lambda s: s.guarded(required=("ci / test (*)",))),
    "208-merge-approvals-missing": merge(lambda s: s.guarded(approvals=1)),
    "216-reviews-bot": ask(Scene.reviewed, "GET /pulls/2/reviews"),
    "218-review-comments": ask(Scene.reviewed, "GET /pulls/2/reviews/3/comments"),
    "221-merge-rejected": merge(scenes.rejected),
    "222-review-reply": ask(
        Scene.reviewed,
        "POST /pulls/2/reviews/3/comments",
        body={"path": "a.txt", "body": "reply by the bot", "new_position": 1},
    ),
    "236-merge-review-requested": merge(scenes.asked_for_review),
    "240-merge-stale-approval": merge(scenes.stale_approval),
    "242-merge-outdated": merge(scenes.outdated),
    "244-merge-not-whitelisted": merge(scenes.whitelisted),
    "246-merge-protected-file": merge(lambda s: s.guarded(files=("a.txt",))),
    "248-update-protected-head-merge": ask(scenes.protected_head, "POST /pulls/2/update"),
    "250-delete-protected": ask(scenes.held_head, f"DELETE /branches/{HEAD}"),
    "251-merge-delete-protected-head": merge(scenes.held_head, delete_branch_after_merge=True),
    "265-merge-concurrent-34": merge(scenes.raced),
    "297-merge-landed-by-hand": merge(scenes.nothing_to_merge),
    "304-reviews-superseded": ask(scenes.superseded, "GET /pulls/2/reviews"),
    "312-create-archived": ask(scenes.archived, "POST /pulls", body=CREATE),
    "313-merge-archived": merge(scenes.archived),
    "314-update-archived": ask(scenes.archived, "POST /pulls/2/update"),
}
"""By the recordings' names. The others are of the same kinds, of what afk never does, or of what
this forge has not (pull requests switched off, contents of files)."""


def told(row: Row) -> httpx.Response:
    """Return the sandbox's answer."""
    scene = Scene()
    row.given(scene)
    method, _, path = row.request.partition(" ")
    scopes = set(row.scopes) or {"all"}
    token = scene.forge.token_for(scene.cast[row.by], scopes=scopes)
    with (
        serve(forgejo_app(scene.forge, version="16.0.0-dev")) as url,
        httpx.Client(base_url=url, verify=tls_context()) as client,
    ):
        headers = {"authorization": f"token {token}"}
        return client.request(method, f"/api/v1{path}", json=row.body, headers=headers)


def shape(data: Any) -> Any:
    """Return keys and types; lists by what their entries have in common, times as such."""
    if isinstance(data, dict):
        return {key: shape(value) for key, value in data.items()}
    if isinstance(data, list):
        return "list"
    return type(data).__name__


def same(recorded: Any, here: Any) -> bool:
    """Say whether two shapes agree; what is null on one side says nothing."""
    if isinstance(recorded, dict) and isinstance(here, dict):
        return recorded.keys() == here.keys() and all(
            same(recorded[key], here[key]) for key in recorded
        )
    return "NoneType" in (recorded, here) or recorded == here


def lines(text: str) -> list[str]:
    """Return the lines of a log."""
    return text.rstrip("\n").split("\n")


def words(text: str) -> str:
    """Return an error's message without what is another story's: numbers, shas, names."""
    return re.sub(r"\b[0-9a-f]{40}\b|\d+|lp\d|shop", "N", text)


@pytest.mark.parametrize("name", REPLAYED)
def test_pulls_view__recorded_request__answered_as_recorded(name: str) -> None:
    recorded = load(f"forgejo/{FOLDER}/{name}")[0]["response"]

    answer = told(REPLAYED[name])

    assert answer.status_code == recorded["status"]
    expected = recorded["body"]
    if expected in ("", None):
        assert answer.content == b""
        return
    if isinstance(expected, str):
        kind = recorded["headers"]["content-type"]
        assert answer.headers["content-type"].casefold() == kind.casefold()
        assert all(LINE.match(line) for text in (expected, answer.text) for line in lines(text))
        return
    found = answer.json()
    if isinstance(expected, dict) and "message" in expected:
        assert words(found["message"]) == words(expected["message"])
        assert found.keys() == expected.keys()
        return
    pairs = (
        zip(expected, found, strict=False) if isinstance(expected, list) else [(expected, found)]
    )
    for real, here in pairs:
        assert same(shape(real), shape(here)), name
    if isinstance(expected, list):
        assert bool(found) is bool(expected)


def test_recordings__of_pulls__are_there() -> None:
    known = {path.stem for path in (RECORDINGS / "forgejo" / FOLDER).glob("*.json")}
    assert set(REPLAYED) <= known
