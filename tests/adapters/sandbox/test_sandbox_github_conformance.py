"""The sandbox's GitHub answers what real GitHub was recorded to answer.

Every recorded exchange is replayed in a story (``support.github_stories*``) that first brings
about what the recording presumes, or is held to something else here, or stands in `NOT_COVERED`
with its reason.
"""

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from support import (
    github_stories,
    github_stories_people,
    github_stories_pulls,
    github_stories_talk,
)
from support.cassettes import RECORDINGS
from support.github_compare import differences, links
from support.github_shop import Shop
from support.github_world import Story, World, github_world, recorded, repo_of

from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.github import ids
from afk_sandbox.github.routes import github_app
from afk_sandbox.serving import serve

STORIES: dict[str, Story] = {
    **github_stories.STORIES,
    **github_stories_talk.STORIES,
    **github_stories_people.STORIES,
    **github_stories_pulls.STORIES,
}

_GRAPHQL = "not served: afk asks GraphQL for it"
_MODEL = "not served: in the sandbox people act on the model"
_CONDITIONAL = "afk sends no conditional requests"
_ELSEWHERE = "an endpoint that afk does not use"
NOT_COVERED = {
    **{f"{number:03}": _GRAPHQL for number in (*range(4, 9), *range(20, 30))},
    "037": _MODEL,
    "038": _MODEL,
    "039": _MODEL,
    "043": "releases; its shape is held to in test_sandbox_github_http, on a label",
    "044": _MODEL,
    "048": _GRAPHQL,
    "054": _MODEL,
    "057": "the role maintain: the model has read, write and admin",
    "062": _ELSEWHERE,
    "063": "not served; its message is held to in test_sandbox_github_http",
    **{f"{number:03}": _GRAPHQL for number in (*range(64, 69), *range(71, 86))},
    "069": _CONDITIONAL,
    "070": _CONDITIONAL,
    "086": "afk writes no check runs",
    **{f"{number:03}": _GRAPHQL for number in (*range(88, 92), 95, 97)},
    "093": "only pushes start workflows in the sandbox",
    "094": "only pushes start workflows in the sandbox",
    "096": "afk makes no deployments; workflows do",
    **dict.fromkeys(("107", "108", "110", "111"), _ELSEWHERE),
    "112": "search: eventually consistent, afk does not use it",
    "113": "search: eventually consistent, afk does not use it",
    "114": "not served: afk reads what is left from the headers of its answers",
    "122": _CONDITIONAL,
    "128": "the app's own endpoints; its message is held to in test_sandbox_github_http",
    "129": _ELSEWHERE,
    "131": "a page in front of GitHub: a Fault with any body",
    "132": _ELSEWHERE,
    "136": _ELSEWHERE,
    "142": "afk leaves no merge to GitHub",
    "151": "an app's larger quota: `hourly` of github_app",
}
_REST = {"001", "002", "003", "125"}
HELD_TO = _REST | {
    "092",
    "141",
    "144",
    "115",
    "116",
    "117",
    "118",
    "119",
    "120",
    "121",
    "143",
    "152",
    "153",
    "154",
    "155",
}
"""Compared without a story: limits in test_sandbox_github_limits, the rest below."""


@pytest.mark.parametrize("story", STORIES)
def test_github_view__recorded_requests__answered_as_recorded(story: str) -> None:
    """Status, telling headers and every key of the body are the recorded ones."""
    with github_world() as world:
        STORIES[story](world)
        assert not world.found, "\n".join(world.found)
        assert world.replayed == set(_numbers(story))


def _numbers(story: str) -> Iterator[str]:
    first, _, last = story.partition(" to ")
    if last:
        yield from (f"{number:03}" for number in range(int(first), int(last) + 1))
    else:
        yield from story.split(", ")


def test_recordings__every_exchange__replayed_held_to_or_named_as_uncovered() -> None:
    names = {path.stem[:3] for path in (RECORDINGS / "github").glob("*.json")}
    replayed = [number for story in STORIES for number in _numbers(story)]
    assert len(replayed) == len(set(replayed))
    assert names == set(replayed) | HELD_TO | set(NOT_COVERED)
    assert not set(replayed) & set(NOT_COVERED)
    assert not HELD_TO & (set(replayed) | set(NOT_COVERED))


@pytest.mark.parametrize(
    "name", ["001-issues-list-page-1", "002-issues-list-page-2", "003-issues-list-last-page"]
)
def test_pages__of_any_list__are_linked_as_recorded(name: str) -> None:
    """13 labels in pages of three; the links name the repository by id, however it was asked."""
    asked, told = recorded(name)["request"], recorded(name)["response"]["headers"]["link"]
    with github_world() as world:
        repo = world.repo(repo_of("001-issues-list-page-1"), repo_id=515435940)
        for number in range(13):
            world.forge.define_label(repo, f"label {number}")
        path = asked["path"].replace("/issues", "/labels")
        token = world.forge.token_for(repo.owner)
        answer = world.client.get(
            f"/api/v3{path}?{asked['query']}", headers={"authorization": f"token {token}"}
        )
    got = answer.headers["link"]
    assert links(got) == links(told)
    assert got.count("/repositories/515435940/labels?") == told.count("/repositories/515435940/")
    assert len(answer.json()) == len(recorded(name)["response"]["body"])


def test_write_in_a_renamed_repository__is_sent_elsewhere_for_the_moment_as_recorded() -> None:
    """The repository itself was edited there; here an issue of it."""
    name = "125-repo-renamed-307-patch"
    told = recorded(name)["response"]
    with github_world() as world:
        repo = world.repo(repo_of(name), repo_id=515436299)
        issue = world.forge.open_issue(repo, "broken", repo.owner)
        world.forge.rename_repository(repo, f"{repo.name}-newname")
        token = world.forge.token_for(repo.owner)
        answer = world.client.patch(
            f"/api/v3/repos/{repo_of(name)}/issues/1",
            json={"state": "closed"},
            headers={"authorization": f"token {token}"},
        )
    there = "/repositories/515436299/issues/1"
    assert (answer.status_code, issue.open) == (told["status"], True)
    assert answer.headers["location"].endswith(there)
    assert answer.json() == {**told["body"], "url": answer.headers["location"]}


# GraphQL


def _post(world: World, content: bytes, token: str = "") -> httpx.Response:
    owner = world.account("owner")
    named = {"authorization": f"bearer {token or world.forge.token_for(owner)}"}
    return world.client.post("/api/graphql", content=content, headers=named)


_MISSING = json.dumps(
    {
        "query": 'query A($number_of_repos: Int!) { repository(owner: "a", name: "b") '
        "{ issue(number: $number_of_repos) { id } } }"
    }
).encode()


@pytest.mark.parametrize(
    ("name", "content", "token"),
    [
        ("152-graphql-401", b"{}", "nobody"),
        ("153-graphql-400-malformed-json", b"{", ""),
        ("154-graphql-parse-error", b'{"query": "query { : }"}', ""),
        (
            "155-graphql-missing-variable",
            _MISSING,
            "",
        ),
    ],
)
def test_graphql_refusal__recorded__is_answered_alike(
    name: str, content: bytes, token: str
) -> None:
    """Without data, in REST's form or GraphQL's, to the last word."""
    with github_world() as world:
        answer = _post(world, content, token)
    told = recorded(name)["response"]
    headers = {key.lower(): value for key, value in answer.headers.items()}
    assert differences(told, status=answer.status_code, headers=headers, body=answer.json()) == []
    assert set(answer.json()) == set(told["body"])


def test_graphql_refused_field__shape__is_the_recorded_one() -> None:
    """HTTP 200, null in place of the field, and the keys of its error in the recorded order."""
    told = recorded("143-graphql-unprocessable-auto-merge")["response"]
    with github_world() as world:
        answer = _post(world, b'{"query": "{ node(id: \\"x\\") { id } }"}')
    body = answer.json()
    assert (answer.status_code, list(body)) == (told["status"], list(told["body"]))
    assert list(body["errors"][0]) == list(told["body"]["errors"][0])
    assert body["data"] == {"node": None}
    assert body["errors"][0]["type"] == "NOT_FOUND"


def test_log_of_a_job__is_led_to_elsewhere_as_recorded() -> None:
    """302 and an address that is a key by itself, of another host there; no body."""
    told = recorded("092-workflow-job-logs-302")["response"]
    shop = Shop()
    token = shop.forge.token_for(shop.ann)
    with (
        serve(github_app(shop.forge)) as url,
        httpx.Client(base_url=url, headers={"authorization": f"token {token}"}) as client,
    ):
        answer = client.get(f"/api/v3/repos/acme/shop/actions/jobs/{shop.job}/logs")
        there = answer.headers["location"]
        assert client.get(there).status_code == 401
        assert httpx.get(there.partition("?")[0]).status_code == 403
        log = httpx.get(there).content
    assert (answer.status_code, answer.content) == (told["status"], b"")
    assert answer.headers["content-type"] == told["headers"]["content-type"]
    assert "?" in there
    assert "?" in told["headers"]["location"]
    assert log.startswith(b"\xef\xbb\xbf2026-05-01T09:00:")
    assert log.endswith(b"##[error]Process completed with exit code 1.\n")


def _pull(world: World, full_name: str, number: int, *, draft: bool = False) -> Pull:
    repo = world.repo(full_name)
    for branch in ("main", "side"):
        world.forge.push(repo, branch, branch, repo.owner)
    repo.next_number = number
    return world.forge.open_pull(repo, repo.owner, "side", title="a title", draft=draft)


def test_node_id_of_a_pull_request__is_told_as_recorded() -> None:
    asked, told = (recorded("141-graphql-query-node-id")[part] for part in ("request", "response"))
    with github_world() as world:
        pull = _pull(world, "seate/for-test", 9)
        answer = _post(world, json.dumps(asked["body"]).encode())
    got = answer.json()["data"]["repository"]["pullRequest"]["id"]
    assert got == ids.issue(pull.issue)
    told["body"]["data"]["repository"]["pullRequest"]["id"] = got
    assert (answer.status_code, answer.json()) == (told["status"], told["body"])


def test_draft_made_ready__is_told_as_recorded() -> None:
    name = "144-graphql-mark-ready-2026"
    asked, told = (recorded(name)[part] for part in ("request", "response"))
    with github_world() as world:
        pull = _pull(world, "owner/shop", 3, draft=True)
        node = ids.issue(pull.issue)
        there = told["body"]["data"]["markPullRequestReadyForReview"]["pullRequest"]["id"]
        answer = _post(world, json.dumps(asked["body"]).replace(there, node).encode())
    told["body"]["data"]["markPullRequestReadyForReview"]["pullRequest"]["id"] = node
    assert (answer.status_code, answer.json()) == (told["status"], told["body"])
    assert not world.forge.is_draft(pull)


@pytest.mark.parametrize(
    ("name", "path"),
    [("030-label-add-created", "/api/v3/user"), ("141-graphql-query-node-id", "")],
)
def test_headers__that_a_client_may_read__are_there(name: str, path: str) -> None:
    told = recorded(name)["response"]["headers"]
    with github_world() as world:
        token = world.forge.token_for(world.account("owner"))
        if path:
            answer = world.client.get(path, headers={"authorization": f"token {token}"})
        else:
            answer = _post(world, b'{"query": "{ viewer { login } }"}')
    wanted = re.compile(r"x-ratelimit-|x-github-(media|request)|date$|content-type$")
    assert {key for key in told if wanted.match(key)} <= set(answer.headers)
    assert answer.headers["x-github-media-type"] == told["x-github-media-type"]
    assert answer.headers["x-ratelimit-resource"] == told["x-ratelimit-resource"]
