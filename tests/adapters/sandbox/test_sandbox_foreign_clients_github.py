"""Somebody else's client, `githubkit`, does on the sandbox's GitHub all that afk does over REST.

It is generated from GitHub's own description; its models refuse what lacks a field or has an
unknown word. That no field is too many, `test_sandbox_github_oracles` holds to that description.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest
from githubkit import GitHub
from githubkit.exception import RequestFailed
from pydantic import ValidationError
from support.foreign import Performed, wanted
from support.github_shop import Shop
from support.operations import Server

from afk_sandbox.github.routes import github_app
from afk_sandbox.serving import serve

CLIENT: Final = "githubkit"
VERSION: Final = "2022-11-28"
PLACE: Final = ("acme", "shop")


@dataclass
class Foreign:
    """The client, what it was given, and which of afk's operations it performed."""

    shop: Shop
    url: str
    performed: Performed = field(default_factory=lambda: Performed(Server.GITHUB))

    def __post_init__(self) -> None:
        """Give the client an administrator's token."""
        self.client = self._client(follow=True)

    def _client(self, *, follow: bool) -> GitHub[Any]:
        return GitHub(
            self.shop.forge.token_for(self.shop.ann),
            base_url=f"{self.url}/api/v3",
            event_hooks={"response": [self.performed.note]},
            http_cache=False,
            auto_retry=False,
            follow_redirects=follow,
        )

    def leads_to(self, job: int) -> str:
        """Return where a job's log is; the client would send its token along."""
        client = self._client(follow=False)
        led = client.rest(VERSION).actions.download_job_logs_for_workflow_run(*PLACE, job)
        assert led.status_code == 302
        return str(led.headers["location"])

    @property
    def rest(self) -> Any:
        """Return its endpoints."""
        return self.client.rest(VERSION)


@pytest.fixture
def foreign() -> Iterator[Foreign]:
    """Return the client of a sandbox."""
    shop = Shop()
    with serve(github_app(shop.forge)) as url:
        yield Foreign(shop, url)


def read(rest: Any, head: str) -> None:
    """Read all that afk reads."""
    assert rest.repos.get(*PLACE).parsed_data.default_branch == "main"
    found = rest.repos.get_collaborator_permission_level(*PLACE, "ann").parsed_data
    assert (found.permission, found.user.login) == ("admin", "ann")
    assert rest.repos.get_branch(*PLACE, "topic").parsed_data.commit.sha == head
    labels = rest.issues.list_labels_for_repo(*PLACE, per_page=100).parsed_data
    assert {one.name for one in labels} >= {"bug", "ready-for-agent"}
    (blocker,) = rest.issues.list_dependencies_blocked_by(*PLACE, 2, per_page=100).parsed_data
    assert (blocker.number, blocker.state) == (1, "closed")


def write(rest: Any) -> None:
    """Write all that afk writes."""
    assert rest.issues.create_label(*PLACE, name="new", color="ff0000").parsed_data.name == "new"
    on = rest.issues.add_labels(*PLACE, 2, labels=["new"]).parsed_data
    assert [one.name for one in on] == ["new"]
    assert rest.issues.remove_label(*PLACE, 2, "new").parsed_data == []
    made = rest.issues.create_comment(*PLACE, 2, body="hello").parsed_data
    assert rest.issues.update_comment(*PLACE, made.id, body="bye").parsed_data.body == "bye"
    seen = rest.reactions.create_for_issue_comment(*PLACE, made.id, content="eyes")
    assert (seen.status_code, seen.parsed_data.content) == (201, "eyes")
    rest.issues.delete_comment(*PLACE, made.id)
    assert rest.issues.update(*PLACE, 2, state="closed").parsed_data.state_reason == "completed"


def land(rest: Any, shop: Shop) -> None:
    """Do all that afk does about pull requests, up to the deletion of the branch."""
    rules = rest.repos.get_branch_rules(*PLACE, "release", per_page=100).parsed_data
    assert [one.type for one in rules] == ["required_status_checks", "pull_request"]
    shown = rest.repos.get_branch(*PLACE, "stable").parsed_data
    assert shown.protection.required_status_checks.contexts == ["build", "test"]
    listed = rest.pulls.list(*PLACE, state="all", head="acme:topic", per_page=100).parsed_data
    assert [one.number for one in listed] == [3]
    proposed = {"title": "new", "head": "topic", "base": "release", "body": "x", "draft": True}
    made = rest.pulls.create(*PLACE, **proposed).parsed_data
    assert (made.draft, made.mergeable, made.head.repo.id) == (True, None, made.base.repo.id)
    assert rest.pulls.update(*PLACE, made.number, state="closed").parsed_data.state == "closed"
    shop.forge.push(shop.forge.repositories[0], "main", "go on", shop.ann)
    expected = {"expected_head_sha": shop.head}
    assert rest.pulls.update_branch(*PLACE, 3, **expected).parsed_data.message
    assert rest.pulls.merge(*PLACE, 3, sha=shop.head).parsed_data.merged is True
    assert rest.git.delete_ref(*PLACE, "heads/topic").status_code == 204


def set_up(rest: Any) -> None:
    """Do all that ``afk init`` does."""
    assert rest.issues.create(*PLACE, title="afk dashboard").parsed_data.title == "afk dashboard"
    key = rest.actions.get_repo_public_key(*PLACE).parsed_data
    sealed = {"encrypted_value": "c2VhbGVk", "key_id": key.key_id}
    made = rest.actions.create_or_update_repo_secret(*PLACE, "AFK_TOKEN", **sealed)
    assert made.status_code == 201
    (secret,) = rest.actions.list_repo_secrets(*PLACE, per_page=100).parsed_data.secrets
    assert secret.name == "AFK_TOKEN"
    switch = {"name": "AFK_KILL_SWITCH", "value": "true"}
    assert rest.actions.create_repo_variable(*PLACE, **switch).status_code == 201
    off = rest.actions.update_repo_variable(*PLACE, switch["name"], value="false")
    assert off.status_code == 204
    found = rest.actions.get_repo_variable(*PLACE, switch["name"]).parsed_data
    assert found.value == "false"


def look_at_ci(foreign: "Foreign") -> None:
    """Do all that afk does about CI that failed."""
    rest, shop = foreign.rest, foreign.shop
    runs = rest.actions.list_workflow_runs_for_repo(*PLACE, head_sha=shop.first, per_page=100)
    failed = [one for one in runs.parsed_data.workflow_runs if one.conclusion == "failure"]
    assert {one.name for one in failed} == {"ci", "deploy"}
    assert httpx.get(foreign.leads_to(shop.job)).text.endswith("exit code 1.\n")
    assert rest.actions.re_run_workflow_failed_jobs(*PLACE, failed[-1].id).status_code == 201


def test_githubkit__everything_afk_does__is_parsed_by_its_models(foreign: Foreign) -> None:
    """Not one operation is left out; a renamed repository is followed to where it is."""
    rest = foreign.rest

    read(rest, foreign.shop.head)
    write(rest)
    look_at_ci(foreign)
    land(rest, foreign.shop)
    set_up(rest)
    foreign.shop.forge.rename_repository(foreign.shop.forge.repositories[0], "store")
    assert rest.repos.get(*PLACE).parsed_data.full_name == "acme/store"

    assert foreign.performed.keys == wanted(CLIENT)


@pytest.mark.parametrize(("path", "status"), [("nothing", 404), ("shop", 422)])
def test_githubkit__refusals__are_told_as_refusals(
    foreign: Foreign, path: str, status: int
) -> None:
    """No such repository; a label that exists already."""
    with pytest.raises(RequestFailed) as refused:
        foreign.rest.issues.create_label("acme", path, name="bug", color="ff0000")
    assert refused.value.response.status_code == status
    assert refused.value.response.json()["documentation_url"].startswith("https://docs.github.com")


@pytest.mark.parametrize("change", [{"id": "one"}, {"color": None}])
def test_githubkit__answer_of_another_form__is_refused(
    foreign: Foreign, change: dict[str, Any]
) -> None:
    """Else its models would prove nothing."""
    (label,) = foreign.rest.issues.list_labels_for_repo(*PLACE, per_page=1).json()
    odd = httpx.MockTransport(lambda _: httpx.Response(200, json=[{**label, **change}]))
    client = GitHub("x", transport=odd, http_cache=False)
    with pytest.raises(ValidationError, match=next(iter(change))):
        _ = client.rest(VERSION).issues.list_labels_for_repo(*PLACE).parsed_data
