"""What closed an issue: the pull request's commits, asked for only where a merge did."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import issue
from support.forgejo import API, Reply, Table, body_of, http, reply

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.closing import with_closing_pull
from afk.types import Event, EventKind, Issue, Repository

VERSIONS = ("14.0.0", "11.0.15")
PULL = f"GET {API}/repos/owner/api-main/pulls/41"
BECAME = "7" * 40


def closed_issue(version: str, **changes: Any) -> tuple[Issue, Any]:
    """Return the issue of the recorded timeline, and the timeline's entries."""
    body = body_of(version, "170-timeline-closed-by-merge")
    for entry in body:
        if entry["type"] == "pull_ref":
            entry.update(changes)
    items = mapping.timeline(body, "test")
    home = Repository(2, "owner/api-main")
    return replace(issue(), repo=home, open=False, events=mapping.events(items)), items


def merged(version: str) -> Reply:
    pull = body_of(version, "165-pull-get")
    return reply({**pull, "merged": True, "merge_commit_sha": BECAME, "state": "closed"})


def close_of(shown: Issue) -> Event:
    (event,) = [one for one in shown.events if one.kind is EventKind.CLOSED]
    return event


def read(table: Table, shown: Issue, items: Any) -> Event:
    return close_of(with_closing_pull(ForgejoApi(http(table)), shown, items))


@pytest.mark.parametrize("version", VERSIONS)
def test_closed_by_a_merge__its_commits_stand_on_the_event(version: str) -> None:
    table = Table({PULL: merged(version)})

    event = read(table, *closed_issue(version))

    head = body_of(version, "165-pull-get")["head"]["sha"]
    assert (event.commit, event.head) == (BECAME, head)
    assert table.asked == [PULL]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "changes",
    [
        {"ref_action": "none"},
        {"ref_action": None},
        {"ref_issue": None},
        {"ref_issue": {"number": 41, "repository": {"id": 2, "full_name": "owner/api-main"}}},
        {
            "ref_issue": {
                "number": 41,
                "pull_request": {"merged": False, "merged_at": None},
                "repository": {"id": 2, "full_name": "owner/api-main"},
            }
        },
        {
            "ref_issue": {
                "number": 41,
                "pull_request": {"merged": True, "merged_at": "2026-11-23T04:14:26Z"},
                "repository": {"id": 2, "full_name": "owner/api-main"},
            }
        },
        {
            "ref_issue": {
                "number": 41,
                "pull_request": {"merged": True, "merged_at": "2026-11-23T04:14:29Z"},
                "repository": {"id": 3, "full_name": "somebody/fork"},
            }
        },
        {
            "ref_issue": {
                "number": 41,
                "pull_request": {"merged": True, "merged_at": "2026-11-23T04:14:29Z"},
                "repository": None,
            }
        },
    ],
)
def test_closed_by_hand__nothing_is_asked(version: str, changes: dict[str, Any]) -> None:
    """A pull request that names the issue, merged at another time or elsewhere, did not."""
    table = Table({})

    event = read(table, *closed_issue(version, **changes))

    assert (event.commit, event.head, table.asked) == ("", "", [])


@pytest.mark.parametrize("version", VERSIONS)
def test_open_again__nothing_is_asked(version: str) -> None:
    shown, items = closed_issue(version)
    table = Table({})

    for other in (replace(shown, open=True), replace(shown, events=())):
        assert with_closing_pull(ForgejoApi(http(table)), other, items) == other
    assert table.asked == []


@pytest.mark.parametrize("answer", [Reply(404), Reply(403), reply({"head": None})])
def test_pull_request_that_cannot_be_read__is_a_persons_close(answer: Reply) -> None:
    event = read(Table({PULL: answer}), *closed_issue("14.0.0"))

    assert (event.commit, event.head) == ("", "")
