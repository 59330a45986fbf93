"""The GitHub adapter on the exchanges that GitHub's own clients are tested with.

``@octokit/fixtures`` records them from api.github.com anew when GitHub changes. It is fetched
from npm into the folder that ``AFK_ORACLES`` names; without it these tests are skipped.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.github import Hub, an_issue, api, tracker

from afk.errors import Refused, RepositoryMoved
from afk.types import Repository

SCENARIOS = "@octokit/fixtures/scenarios/api.github.com"
OWNER = "octokit-fixture-org"


def scenario(name: str) -> list[Any]:
    """Return the exchanges of a scenario; skips where there are none."""
    folder = os.environ.get("AFK_ORACLES", "")
    if not folder:
        pytest.skip("AFK_ORACLES names no folder with @octokit/fixtures (make test, with npm)")
    found = Path(folder) / SCENARIOS / name / "normalized-fixture.json"
    if not found.exists():
        pytest.skip(f"{folder} has no {SCENARIOS}: npm could not fetch it")
    exchanges: list[Any] = json.loads(found.read_text(encoding="utf-8"))
    return exchanges


def answered(exchange: Any) -> httpx.Response:
    """Return the answer of an exchange."""
    body = exchange["response"]
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    transfer = ("content-length", "content-encoding", "transfer-encoding")
    kept = {name: str(one) for name, one in exchange["headers"].items() if name not in transfer}
    return httpx.Response(exchange["status"], headers=kept, content=content)


def playing(name: str, **queries: str) -> Hub:
    """Return a hub with the exchanges of a scenario by what was asked, each once.

    ``queries``: method -> what afk adds to the path of these requests.
    """
    rest: dict[str, list[httpx.Response]] = {}
    for one in scenario(name):
        method = one["method"].upper()
        key = f"{method} {one['path']}{queries.get(method, '')}"
        rest.setdefault(key, []).append(answered(one))
    return Hub(rest=rest)


def number_of(page: httpx.Response) -> int:
    """Return a page's own number, which is one more than that of the page before it."""
    before = re.search(r"page=(\d+)>; rel=\"prev\"", page.headers["link"])
    return int(before[1]) + 1 if before else 1


def test_paging__list_of_five_pages__is_read_to_its_end_and_no_further() -> None:
    pages = [answered(one) for one in scenario("paginate-issues")]
    issues = f"/repos/{OWNER}/paginate-issues/issues"
    rest = {f"GET {issues}?per_page=100&page={number_of(page)}": page for page in pages}
    hub = Hub(rest=rest)

    found = api(hub).rest_list("/issues", repo=f"{OWNER}/paginate-issues")

    assert [one["number"] for one in found] == list(range(13, 0, -1))
    assert hub.asked == list(rest)


def test_error__invalid_label__is_refused_with_githubs_reason() -> None:
    hub = playing("errors")
    hub.rest = {**hub.rest, f"GET /repos/{OWNER}/errors/labels?per_page=100&page=1": _nothing()}

    with pytest.raises(Refused, match="Validation Failed") as refused:
        tracker(hub).ensure_labels(f"{OWNER}/errors", ["foo"])

    assert refused.value.status == 422
    assert hub.asked[-1] == f"POST /repos/{OWNER}/errors/labels"


def _nothing() -> httpx.Response:
    """Return an empty list, which the scenario has no need of."""
    return httpx.Response(200, json=[])


def test_redirect__renamed_repository__names_both_names() -> None:
    """The token goes to the id's own address, never to where the redirect says."""
    hub = playing("rename-repository")

    with pytest.raises(RepositoryMoved) as moved:
        tracker(hub).repository(f"{OWNER}/rename-repository")

    assert moved.value.new == f"{OWNER}/rename-repository-newname"
    assert hub.asked == [f"GET /repos/{OWNER}/rename-repository", "GET /repositories/1000"]


def test_redirect__write_to_a_renamed_repository__is_not_sent_again() -> None:
    """The first PATCH of the scenario renames it, the second one is answered 307."""
    hub = playing("rename-repository")
    path = f"/repos/{OWNER}/rename-repository"
    hub.rest[f"PATCH {path}"].pop(0)  # type: ignore[union-attr]  # a list, as made above

    with pytest.raises(RepositoryMoved) as moved:
        api(hub).rest("PATCH", "", repo=f"{OWNER}/rename-repository", body={"description": "x"})

    assert moved.value.new == f"{OWNER}/rename-repository-newname"
    assert hub.asked == [f"PATCH {path}", "GET /repositories/1000"]


def test_labels__repository_has_them__none_is_created() -> None:
    hub = playing("labels", GET="?per_page=100&page=1")

    tracker(hub).ensure_labels(f"{OWNER}/labels", ["bug", "help wanted"])

    assert hub.asked == [f"GET /repos/{OWNER}/labels/labels?per_page=100&page=1"]


def test_labels__missing_one__is_created() -> None:
    hub = playing("labels", GET="?per_page=100&page=1")

    tracker(hub).ensure_labels(f"{OWNER}/labels", ["bug", "test-label"])

    assert hub.asked[1:] == [f"POST /repos/{OWNER}/labels/labels"]
    assert hub.bodies[1]["name"] == "test-label"


def test_label__added_to_an_issue__is_verified_in_the_answer() -> None:
    hub = playing("add-labels-to-issue")
    repo = Repository(1000, f"{OWNER}/add-labels-to-issue", "main")

    tracker(hub).label(an_issue(repo=repo, number=1), add=["Foo", "bAr", "baZ"])

    assert hub.asked == [f"POST /repos/{repo.name}/issues/1/labels"]
    assert hub.bodies == [{"labels": ["Foo", "bAr", "baZ"]}]


def test_repository__as_recorded__is_read() -> None:
    hub = playing("get-repository")

    found = tracker(hub).repository(f"{OWNER}/hello-world")

    assert (found.name, found.archived) == (f"{OWNER}/hello-world", False)
    assert found.default_branch
