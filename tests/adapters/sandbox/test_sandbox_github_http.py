"""The sandbox's GitHub over loopback: rights, what is gone or moved, and what is in no recording.

The rules stand in GitHub's documentation and OpenAPI description; those known from elsewhere
name their source in the module that has them.
"""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.github_world import World, github_world, recorded

from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import AccountKind, Issue, Repository
from afk_sandbox.github import ids as github_ids

ISSUE = "/repos/owner/shop/issues/1"


class Bed:
    """A served forge with a repository, an issue in it, and people."""

    def __init__(self, world: World) -> None:
        """Fill the world's forge."""
        self.world = world
        self.forge = world.forge
        self.repo: Repository = world.repo("owner/shop")
        self.other: Repository = world.repo("owner/store")
        for name in ("ready-for-agent", "agent-in-progress"):
            self.forge.define_label(self.repo, name)
        self.issue: Issue = self.forge.open_issue(self.repo, "broken", self.repo.owner)
        self.stranger = world.account("stranger")
        self.bot = self.forge.add_account("afk", kind=AccountKind.BOT)

    def leave(self) -> None:
        """Change nothing."""

    def send(
        self, method: str, path: str, body: Any = None, *, who: str = "owner"
    ) -> httpx.Response:
        account = self.forge.account(who) if who else None
        named = {"authorization": f"token {self.forge.token_for(account)}"} if account else {}
        return self.world.client.request(method, f"/api/v3{path}", json=body, headers=named)

    def graphql(self, query: str, *, who: str = "owner", **variables: Any) -> Any:
        account = self.forge.account(who)
        assert account is not None
        named = {"authorization": f"bearer {self.forge.token_for(account)}"}
        body = {"query": query, "variables": variables}
        return self.world.client.post("/api/graphql", json=body, headers=named).json()


@pytest.mark.parametrize(
    ("who", "status", "message"),
    [
        ("owner", 200, ""),
        ("stranger", 403, "Must have admin rights to Repository."),
        ("afk", 403, "Resource not accessible by integration"),
        ("", 401, "Requires authentication"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{ISSUE}/labels", {"labels": ["ready-for-agent"]}),
        ("PATCH", ISSUE, {"state": "closed"}),
    ],
)
def test_write__by_whoever_has_no_right__is_refused_without_effect(
    who: str, status: int, message: str, method: str, path: str, body: Any
) -> None:
    with github_world() as world:
        bed = Bed(world)
        answer = bed.send(method, path, body, who=who)
        assert answer.status_code == status
        if message:
            assert answer.json()["message"] == message
            assert (bed.issue.labels, bed.issue.open) == ([], True)
        if who == "afk":
            assert answer.headers["x-accepted-github-permissions"] == "issues=write"
            told = recorded("128-integration-403")["response"]
            assert (answer.status_code, message) == (told["status"], told["body"]["message"])


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        (lambda bed: bed.forge.lock(bed.issue, bed.repo.owner), 403, "issue is locked"),
        (lambda bed: bed.forge.archive(bed.repo), 403, "Repository was archived so is read-only."),
        (lambda bed: bed.forge.delete_issue(bed.issue), 410, "This issue was deleted"),
        (lambda bed: bed.forge.transfer_issue(bed.issue, bed.other), 404, "Not Found"),
        (lambda bed: bed.forge.delete_repository(bed.repo), 404, "Not Found"),
        (lambda bed: setattr(bed.repo, "private", True), 404, "Not Found"),
        (lambda bed: setattr(bed.repo, "has_issues", False), 410, "Issues are disabled"),
        (Bed.leave, 201, ""),
    ],
)
def test_comment_by_a_stranger__state_of_things__refused_accordingly(
    change: Callable[[Bed], None], status: int, message: str
) -> None:
    with github_world() as world:
        bed = Bed(world)
        change(bed)
        answer = bed.send("POST", f"{ISSUE}/comments", {"body": "x"}, who="stranger")
        assert answer.status_code == status
        assert message in answer.json().get("message", "")
        assert len(bed.issue.comments) == (status == 201)


def test_comment__beyond_the_bound__is_refused() -> None:
    """65,536 characters are allowed, one more is not."""
    with github_world() as world:
        bed = Bed(world)
        assert bed.send("POST", f"{ISSUE}/comments", {"body": "x" * 65_536}).status_code == 201
        answer = bed.send("POST", f"{ISSUE}/comments", {"body": "x" * 65_537})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["message"] == (
            "Body is too long (maximum is 65536 characters)"
        )
        assert len(bed.issue.comments) == 1


def test_transferred_issue__rest_and_graphql__lead_to_the_other_repository() -> None:
    """The issue and its labels redirect, its comments are gone; GraphQL follows silently."""
    wanted = "issue(number: 1) { repository { id } }"
    query = f'{{ repository(owner: "owner", name: "shop") {{ {wanted} }} }}'
    with github_world() as world:
        bed = Bed(world)
        bed.forge.transfer_issue(bed.issue, bed.other)
        there = f"/api/v3/repositories/{bed.other.id}/issues/1"
        for method, rest in (("GET", ""), ("PATCH", ""), ("POST", "/labels")):
            answer = bed.send(method, ISSUE + rest, {"labels": ["x"]})
            assert answer.status_code == (301 if method == "GET" else 307)
            assert answer.headers["location"].endswith(there + rest)
        assert bed.send("GET", f"{ISSUE}/comments").status_code == 404
        assert bed.send("GET", there.removeprefix("/api/v3")).json()["title"] == "broken"
        shown = bed.graphql(query)["data"]["repository"]["issue"]["repository"]
        assert shown == {"id": github_ids.repository(bed.other)}
        bed.forge.delete_issue(bed.issue)
        assert bed.send("GET", ISSUE).status_code == 410
        assert bed.graphql(query)["errors"][0]["type"] == "NOT_FOUND"


def test_renamed_repository__graphql__is_followed_only_if_asked_to() -> None:
    query = (
        'query A($follow: Boolean!) { repository(owner: "owner", name: "shop", '
        "followRenames: $follow) { nameWithOwner } }"
    )
    with github_world() as world:
        bed = Bed(world)
        bed.forge.rename_repository(bed.repo, "till")
        followed = bed.graphql(query, follow=True)
        assert followed == {"data": {"repository": {"nameWithOwner": "owner/till"}}}
        refused = bed.graphql(query, follow=False)
        assert refused["data"] == {"repository": None}
        assert refused["errors"][0]["type"] == "NOT_FOUND"
        assert refused["errors"][0]["path"] == ["repository"]
        moved = bed.send("POST", f"{ISSUE}/comments", {"body": "x"})
        assert moved.headers["location"].endswith(f"/repositories/{bed.repo.id}/issues/1/comments")
        assert bed.issue.comments == []


@pytest.mark.parametrize("login", ["nobody", "afk[bot]"])
def test_permission__of_what_is_no_user__is_not_found(login: str) -> None:
    with github_world() as world:
        answer = Bed(world).send("GET", f"/repos/owner/shop/collaborators/{login}/permission")
    assert (answer.status_code, answer.json()["message"]) == (404, f"{login} is not a user")


def test_actors__of_every_kind__are_told_apart() -> None:
    """An app has no suffix but as the viewer; who was deleted is nobody, a ghost for REST."""
    query = """{ viewer { login databaseId } repository(owner: "owner", name: "shop") {
        issue(number: 1) { comments(first: 9) { nodes { author {
          __typename login ... on User { databaseId } ... on Mannequin { databaseId }
        } } } } } }"""
    with github_world() as world:
        bed = Bed(world)
        mannequin = bed.forge.add_account("imported", kind=AccountKind.MANNEQUIN)
        for account in (bed.stranger, bed.bot, mannequin, world.account("leaver")):
            bed.forge.comment(bed.issue, account, "hello")
        bed.forge.delete_account(bed.issue.comments[3].author)
        told = bed.graphql(query, who="afk")["data"]
        listed = bed.send("GET", f"{ISSUE}/comments").json()
    assert told["viewer"] == {"login": "afk[bot]", "databaseId": bed.bot.id}
    assert [one["author"] for one in told["repository"]["issue"]["comments"]["nodes"]] == [
        {"__typename": "User", "login": "stranger", "databaseId": bed.stranger.id},
        {"__typename": "Bot", "login": "afk"},
        {"__typename": "Mannequin", "login": "imported", "databaseId": mannequin.id},
        None,
    ]
    assert [(one["user"]["login"], one["user"]["type"]) for one in listed] == [
        ("stranger", "User"),
        ("afk[bot]", "Bot"),
        ("imported", "Mannequin"),
        ("ghost", "User"),
    ]


def test_edits__by_another_writer__are_told_with_editor_and_time() -> None:
    """Of the body and of comments; ``updated_at`` of an issue moves on anything, this does not."""
    wanted = (
        "lastEditedAt editor { login } userContentEdits(first: 9) { nodes { editor { login } } }"
    )
    query = f"""query A($ids: [ID!]!) {{ nodes(ids: $ids) {{
      ... on Issue {{ {wanted} }} ... on IssueComment {{ {wanted} }} }} }}"""
    with github_world() as world:
        bed = Bed(world)
        said = bed.forge.comment(bed.issue, bed.bot, "hello")
        ids = [github_ids.issue(bed.issue), github_ids.comment(said), "IC_nonsense"]
        no_edits: Any = {"nodes": []}
        none = {"lastEditedAt": None, "editor": None, "userContentEdits": no_edits}
        told = bed.graphql(query, ids=ids)
        assert told["data"]["nodes"] == [none, none, None]
        assert [(one["type"], one["path"]) for one in told["errors"]] == [
            ("NOT_FOUND", ["nodes", 2])
        ]
        bed.forge.edit_body(bed.issue, bed.stranger, "changed")
        bed.forge.edit_comment(said, bed.stranger, "changed")
        edited = bed.graphql(query, ids=ids[:2])["data"]["nodes"]
    for one, author in zip(edited, ("owner", "afk"), strict=True):
        assert one["lastEditedAt"] == "2026-11-23T04:00:00Z"
        assert one["editor"] == {"login": "stranger"}
        editors = [edit["editor"]["login"] for edit in one["userContentEdits"]["nodes"]]
        assert editors == ["stranger", author]


def test_labels_of_an_issue__set_by_graphql__need_write_and_known_ids() -> None:
    """The two fields are done in order; a refused one does not stop the other."""
    query = """mutation A($issue: ID!, $add: [ID!]!, $remove: [ID!]!) {
      add: addLabelsToLabelable(input: {labelableId: $issue, labelIds: $add}) { clientMutationId }
      remove: removeLabelsFromLabelable(input: {labelableId: $issue, labelIds: $remove}) {
        labelable { labels(first: 9) { nodes { name } } } } }"""
    with github_world() as world:
        bed = Bed(world)
        ready, progress = (github_ids.label(one, bed.repo) for one in bed.repo.labels)
        bed.forge.add_label(bed.issue, "ready-for-agent", bed.repo.owner)
        ids: dict[str, Any] = {
            "issue": github_ids.issue(bed.issue),
            "add": [progress],
            "remove": [ready],
        }
        refused = bed.graphql(query, who="stranger", **ids)
        assert refused["data"] == {"add": None, "remove": None}
        assert {one["type"] for one in refused["errors"]} == {"FORBIDDEN"}
        done = bed.graphql(query, **ids)
        left = done["data"]["remove"]["labelable"]["labels"]["nodes"]
        assert left == [{"name": "agent-in-progress"}]
        half = bed.graphql(query, **{**ids, "add": ["LA_nonsense"], "remove": [progress]})
        assert half["data"]["add"] is None
        assert [(one["type"], one["path"]) for one in half["errors"]] == [("NOT_FOUND", ["add"])]
        assert bed.issue.labels == []
        bed.forge.archive(bed.repo)
        archived = bed.graphql(query, **ids)
        assert [one["message"] for one in archived["errors"]] == [
            "Repository was archived so is read-only."
        ] * 2


def test_older_server__lacks_dependencies__in_its_schema_and_in_rest() -> None:
    with github_world(lacks=("blockedBy", "subIssuesSummary")) as world:
        bed = Bed(world)
        path = '{ repository(owner: "owner", name: "shop") { issue(number: 1) '
        told = bed.graphql(path + "{ blockedBy(first: 1) { totalCount } } } }")
        assert "data" not in told
        assert told["errors"][0]["message"] == "Field 'blockedBy' doesn't exist on type 'Issue'"
        assert bed.send("GET", f"{ISSUE}/dependencies/blocked_by").status_code == 404
        assert bed.send("GET", ISSUE).status_code == 200


def test_fault__after_a_write__its_effect_stays() -> None:
    def strike(method: str, path: str) -> Fault | None:
        del path
        return Fault("after", 502, b"<html>", "text/html") if method == "POST" else None

    with github_world(faults=strike) as world:
        bed = Bed(world)
        answer = bed.send("POST", f"{ISSUE}/comments", {"body": "x"})
    assert (answer.status_code, answer.text) == (502, "<html>")
    assert len(bed.issue.comments) == 1


def test_label_that_exists__is_refused_in_the_shape_of_a_release_that_exists() -> None:
    told = recorded("043-release-create-422-already-exists")["response"]
    with github_world() as world:
        repo = world.repo("owner/shop")
        world.forge.define_label(repo, "Ready")
        token = world.forge.token_for(repo.owner)
        answer = world.client.post(
            "/api/v3/repos/owner/shop/labels",
            json={"name": "ready"},
            headers={"authorization": f"token {token}"},
        )
    told["body"]["errors"][0] |= {"resource": "Label", "field": "name"}
    body = answer.json()
    assert (answer.status_code, body["message"]) == (told["status"], told["body"]["message"])
    assert body["errors"] == told["body"]["errors"]
    assert len(repo.labels) == 1
