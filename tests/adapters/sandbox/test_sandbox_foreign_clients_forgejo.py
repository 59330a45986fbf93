"""Somebody else's client, `pyforgejo`, does on the sandbox's Forgejo all that afk does on one.

It is generated from Forgejo's own description; its models refuse what is of another type, and
keep what the description does not know, which is held to `UNDESCRIBED` here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest
from pydantic import BaseModel, ValidationError
from pyforgejo import PyforgejoApi
from pyforgejo.core.api_error import ApiError
from support.benches import ForgeBench, sandbox_bench
from support.foreign import Performed, wanted
from support.operations import Server
from support.people import HUMAN, READY, People

from afk.types import Forge

CLIENT: Final = "pyforgejo"
SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)
UNDESCRIBED: Final = {"User.username"}
"""What real servers send and the description lacks (``forgejo/14.0.0/003-user-self``)."""


def undescribed(found: Any) -> Iterator[str]:
    """Yield the fields that the description of an answer's type does not have."""
    if isinstance(found, list):
        for one in found:
            yield from undescribed(one)
    elif isinstance(found, BaseModel):
        yield from (f"{type(found).__name__}.{name}" for name in found.model_extra or ())
        for name in type(found).model_fields:
            yield from undescribed(getattr(found, name))


@dataclass
class Foreign:
    """The client, what it was given, and which of afk's operations it performed."""

    bench: ForgeBench
    version: str
    performed: Performed = field(default_factory=lambda: Performed(Server.FORGEJO))
    found: list[Any] = field(default_factory=list)
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, login: str = "bot") -> PyforgejoApi:
        """Return the client with somebody's token."""
        self.clients.append(httpx.Client(event_hooks={"response": [self.performed.note]}))
        return PyforgejoApi(
            base_url=f"{self.bench.url}/api/v1",
            api_key=self.bench.tokens(login),
            httpx_client=self.clients[-1],
        )

    def keep(self, found: Any) -> Any:
        """Keep an answer to look through it."""
        assert found is not None
        self.found.append(found)
        return found


@pytest.fixture(params=["14.0.0", "11.0.15"])
def foreign(request: pytest.FixtureRequest) -> Iterator[Foreign]:
    """Return the client of a sandbox of each version."""
    with sandbox_bench(Forge.FORGEJO, request.param) as bench:
        made = Foreign(bench, request.param)
        yield made
        for client in made.clients:
            client.close()


def read(foreign: Foreign, api: PyforgejoApi, org: str, number: int) -> None:
    """Read all that afk reads, of an issue and its repository ``shop``."""
    keep, place = foreign.keep, ("owner", "shop")
    assert keep(api.user.get_current()).login == "bot"
    assert keep(api.repository.repo_get(*place)).default_branch == "main"
    found = keep(api.issue.search_issues(owner="owner", labels=READY, state="open", type="issues"))
    assert [one.number for one in found] == [number]
    assert keep(api.issue.get_issue(*place, number)).body == "words"
    said = keep(api.issue.get_comments_and_timeline(*place, number))
    assert {one.type for one in said} >= {"label", "comment", "change_title"}
    every = keep(api.issue.get_repo_comments(*place, since=SINCE, page=1, limit=50))
    assert {one.issue_url.rpartition("/")[2] for one in every} >= {str(number)}
    listed = keep(api.issue.list_issues(*place, state="all", type="issues", since=SINCE))
    assert number in [one.number for one in listed]
    (blocker,) = keep(api.issue.list_issue_dependencies(*place, str(number)))
    assert blocker.state == "open"
    own = keep(api.repository.repo_get_repo_permissions(*place, "bot"))
    assert own.permission == "write"
    assert "writer" in [one.login for one in keep(api.repository.repo_get_assignees(*place))]
    sought = keep(api.repository.repo_search(q="sho", sort="updated", order="desc", limit=50))
    assert [one.full_name for one in sought.data] == ["owner/shop"]
    labels = keep(api.issue.list_labels(*place))
    assert READY in [one.name for one in labels]
    assert [one.name for one in keep(api.organization.org_list_labels(org))] == [READY]


def read_code(foreign: Foreign, api: PyforgejoApi, base: str, sha: str) -> None:
    """Read all that afk reads, of commits and of what CI says."""
    keep, place = foreign.keep, ("owner", "shop")
    assert keep(api.repository.repo_get_branch(*place, "main")).commit.id == sha
    compared = keep(api.repository.repo_compare_diff(*place, f"{base}...main"))
    assert [one.sha for one in compared.commits] == [sha]
    newest, *_ = keep(api.repository.repo_get_all_commits(*place, sha="main"))
    assert newest.sha == sha
    statuses = keep(api.repository.repo_list_statuses_by_ref(*place, sha, limit=50))
    assert [one.context for one in statuses] == ["ci"]
    assert keep(api.repository.list_action_tasks(*place, page=1, limit=50)).total_count == 0
    if foreign.version == "11.0.15":
        with pytest.raises(ApiError) as missing:
            api.repository.list_action_runs(*place, head_sha=sha)
        assert missing.value.status_code == 404
    else:
        runs = keep(api.repository.list_action_runs(*place, head_sha=sha))
        assert runs.total_count == len(runs.workflow_runs)


def write(foreign: Foreign, api: PyforgejoApi, number: int) -> None:
    """Write all that afk writes."""
    keep, place = foreign.keep, ("owner", "shop")
    label = keep(api.issue.create_label(*place, color="#123456", name="new"))
    on = keep(api.issue.add_label(*place, number, labels=["new"]))
    assert "new" in [one.name for one in on]
    api.issue.remove_label(*place, number, str(label.id))
    made = keep(api.issue.create_comment(*place, number, body="hello"))
    edited = keep(api.issue.edit_comment(*place, made.id, body="bye"))
    assert keep(api.issue.get_comment(*place, made.id)).body == edited.body == "bye"
    assert keep(api.issue.post_comment_reaction(*place, made.id, content="eyes")).content == "eyes"
    api.issue.delete_comment(*place, made.id)
    with pytest.raises(ApiError) as blocked:
        api.issue.edit_issue(*place, number, state="closed")
    assert blocked.value.status_code == 412
    other = api.issue.list_issue_dependencies(*place, str(number))[0].number
    assert keep(api.issue.edit_issue(*place, other, state="closed")).state == "closed"


def land(foreign: Foreign, api: PyforgejoApi, people: People) -> None:
    """Do all that afk does to land something by pull request."""
    keep, place, pulls = foreign.keep, ("owner", "shop"), api.repository
    people.write("owner/shop", "main", "first", by="owner")
    people.write("owner/shop", "afk/1-x", "work")
    made = keep(pulls.repo_create_pull_request(*place, head="afk/1-x", base="main", title="WIP: x"))
    assert made.draft
    number = made.number
    ready = keep(pulls.repo_edit_pull_request(*place, number, title="x"))
    assert (ready.draft, ready.head.ref) == (False, "afk/1-x")
    review = people.review("owner/shop", number, "COMMENT", "Hm.", "Why?")
    assert [one.id for one in keep(pulls.repo_list_pull_reviews(*place, number))] == [review]
    (note,) = keep(pulls.repo_get_pull_review_comments(*place, number, review))
    assert note.pull_request_review_id == review
    people.push("owner/shop", "main moves on")
    pulls.repo_update_pull_request(*place, number, style="merge")
    people.let_check("owner/shop", number)
    head = keep(pulls.repo_get_pull_request(*place, number)).head.sha
    assert head != made.head.sha
    with pytest.raises(ApiError) as not_yet:
        pulls.repo_pull_request_is_merged(*place, number)
    assert not_yet.value.status_code == 404
    pulls.repo_merge_pull_request(*place, number, do="squash", head_commit_id=head)
    pulls.repo_pull_request_is_merged(*place, number)
    (merged,) = keep(pulls.repo_list_pull_requests(*place, state="closed"))
    assert (merged.merged, merged.merged_by.login) == (True, "bot")
    pulls.repo_delete_branch(*place, "afk/1-x")


def set_up(foreign: Foreign, api: PyforgejoApi) -> None:
    """Do all that ``afk init`` does, as the repository's owner."""
    keep, place = foreign.keep, ("owner", "shop")
    opened = keep(api.issue.create_issue(*place, title="afk dashboard", body=""))
    assert opened.title == "afk dashboard"
    label = keep(api.issue.create_label(*place, color="#0e8a16", name="mine"))
    assert keep(api.issue.edit_label(*place, label.id, description="x")).description == "x"
    api.repository.update_repo_secret(*place, "AFK_TOKEN", data="of the shop")
    (secret,) = keep(api.repository.repo_list_actions_secrets(*place, limit=50))
    assert secret.name == "AFK_TOKEN"
    api.repository.create_repo_variable(*place, "AFK_KILL_SWITCH", value="true")
    api.repository.update_repo_variable(*place, "AFK_KILL_SWITCH", value="false", name="")
    found = keep(api.repository.get_repo_variable(*place, "AFK_KILL_SWITCH"))
    assert found.data == "false"


def furnished(people: People) -> tuple[str, int, str, str]:
    """Fill ``owner/shop``: return an organisation, an issue, a commit and the one after it."""
    repo = people.repository("shop")
    org = people.organisation("acme")
    people.define_label(org, READY)
    number = people.issue(repo, "broken", "words")
    people.block(repo, number, people.issue(repo, "before that"))
    people.label(repo, number, READY)
    people.label(repo, number, HUMAN, by="writer")
    people.comment(repo, number, "please", by="reader")
    people.edit(repo, number, title="still broken")
    base = people.push(repo, "base")
    sha = people.push(repo, f"see #{number}")
    people.status(repo, sha, "ci", "success")
    return org, number, base, sha


def test_pyforgejo__everything_afk_does__is_parsed_by_its_models(foreign: Foreign) -> None:
    """Not one operation is left out, and no field is there that the description lacks."""
    people = foreign.bench.people
    assert people is not None
    org, number, base, sha = furnished(people)
    api = foreign.client()

    read(foreign, api, org, number)
    read_code(foreign, api, base, sha)
    write(foreign, api, number)
    land(foreign, api, people)
    set_up(foreign, foreign.client("owner"))

    assert foreign.performed.keys == wanted(CLIENT)
    assert set(undescribed(foreign.found)) <= UNDESCRIBED


def test_pyforgejo__refusals__are_told_as_refusals(foreign: Foreign) -> None:
    people = foreign.bench.people
    assert people is not None
    people.repository("shop")
    reader = foreign.client("reader")
    with pytest.raises(ApiError) as missing:
        reader.issue.get_issue("owner", "shop", 99)
    with pytest.raises(ApiError) as forbidden:
        reader.issue.create_label("owner", "shop", name="new", color="#123456")
    assert (missing.value.status_code, forbidden.value.status_code) == (404, 403)


def test_pyforgejo__answer_of_another_type__is_refused() -> None:
    """Else its models would prove nothing."""
    odd = httpx.MockTransport(lambda _: httpx.Response(200, json={"id": "one", "login": "bot"}))
    with httpx.Client(transport=odd) as client:
        api = PyforgejoApi(base_url="http://odd", api_key="x", httpx_client=client)
        with pytest.raises(ValidationError, match="id"):
            api.user.get_current()


def test_undescribed__unknown_field__is_found(foreign: Foreign) -> None:
    found = foreign.client().user.get_current()
    odd = type(found).model_validate({**found.model_dump(), "made_up": 1})
    assert set(undescribed([odd])) - UNDESCRIBED == {"User.made_up"}
