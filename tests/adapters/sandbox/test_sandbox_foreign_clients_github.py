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
        self.client = GitHub(
            self.shop.forge.token_for(self.shop.ann),
            base_url=f"{self.url}/api/v3",
            event_hooks={"response": [self.performed.note]},
            http_cache=False,
            auto_retry=False,
        )

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
    rest.issues.delete_comment(*PLACE, made.id)
    assert rest.issues.update(*PLACE, 2, state="closed").parsed_data.state_reason == "completed"


def test_githubkit__everything_afk_does__is_parsed_by_its_models(foreign: Foreign) -> None:
    """Not one operation is left out; a renamed repository is followed to where it is."""
    rest = foreign.rest

    read(rest, foreign.shop.head)
    write(rest)
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
