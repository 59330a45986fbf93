"""Labels on issues, by recordings where their requests are recorded as afk sends them."""

from typing import Any

import pytest
from support.cassettes import replay
from support.github import (
    KEY,
    REPO,
    Hub,
    an_issue,
    data,
    home,
    page,
    problem,
    recorded,
    reply,
    tracker,
    whole,
)

from afk.adapters.github.tracker import GitHubTracker
from afk.errors import NotFound, Refused, RepositoryMoved, TokenError
from afk.types import Issue, Repository

LABELS = f"/repos/{REPO}/issues/7/labels"
READY, HUMAN, BUSY = "ready-for-agent", "ready-for-human", "agent-in-progress"


def _at(repo: str, number: int, *labels: str) -> Issue:
    return an_issue(*labels, repo=Repository(1, repo), number=number)


def _knowing(hub: Hub) -> GitHubTracker:
    """Return a tracker that has listed the repository with its labels, and read the issue."""
    names = {
        "readyLabel": READY,
        "progressLabel": BUSY,
        "humanLabel": HUMAN,
        "trackedLabel": "agent-tracked",
    }
    shown = {
        **home(),
        **{alias: {"id": f"LA_{name}", "name": name} for alias, name in names.items()},
        "ready": page(),
        "progress": page(),
        "tracked": page(),
        "handedBack": {"nodes": []},
    }
    hub.graphql.insert(0, data(viewer={"login": "afk[bot]", "databaseId": 5}, r0=shown))
    hub.graphql.insert(1, data(i0=whole(labels=page())))
    github = tracker(hub)
    github.listing([REPO])
    github.reread(KEY)
    hub.queries.clear()
    return github


@pytest.mark.parametrize(
    ("name", "number", "on", "label"),
    [
        ("030-label-add-created", 5, (), "addLabels_label_name_1"),
        ("032-label-add-again", 5, (), "addLabels_label_name_1"),
    ],
)
def test_label__added_one__is_seen_in_the_answer(
    name: str, number: int, on: tuple[str, ...], label: str
) -> None:
    with replay(f"github/{name}") as cassette:
        tracker().label(_at("hub4j-test-org/GHIssueTest", number, *on), add=[label])
    assert cassette.all_played


@pytest.mark.parametrize(
    ("name", "repo", "number", "label"),
    [
        ("033-label-remove", "hub4j-test-org/GHIssueTest", 3, "removeLabels_label_name_2"),
        ("034-label-remove-404", "hub4j-test-org/GHIssueTest", 3, "removeLabels_label_name_3"),
        ("035-label-remove-space", "sigmavirus24/github3.py", 509, "in progress"),
    ],
)
def test_label__removed_one__is_off_whether_it_was_on_or_not(
    name: str, repo: str, number: int, label: str
) -> None:
    """034: another tick was faster."""
    with replay(f"github/{name}") as cassette:
        tracker().label(_at(repo, number, label), remove=[label])
    assert cassette.all_played


def test_label__name_with_a_question_mark__is_encoded() -> None:
    """Recording 036."""
    hub = Hub(rest={f"DELETE {LABELS}/url-chars%3F": recorded("036-label-remove-question-mark")})
    tracker(hub).label(an_issue("url-chars?"), remove=["url-chars?"])
    assert hub.requests == 1


def test_ensure_labels__seen_in_the_listing__cost_nothing() -> None:
    hub = Hub()
    _knowing(hub).ensure_labels(REPO, [READY, BUSY, HUMAN])
    assert hub.requests == 0


def test_label__as_wanted_already__costs_nothing() -> None:
    hub = Hub()
    tracker(hub).label(an_issue(READY), add=[READY], remove=[HUMAN])
    assert hub.requests == 0


def test_label__one_that_does_not_stick__is_refused() -> None:
    hub = Hub(rest={f"POST {LABELS}": reply([{"name": "other"}])})
    with pytest.raises(Refused, match="did not take the label ready-for-human"):
        tracker(hub).label(an_issue(READY), add=[HUMAN], remove=[READY])
    assert hub.requests == 1


def test_label__both_ways_without_known_ids__adds_first() -> None:
    hub = Hub(
        rest={
            f"POST {LABELS}": reply([{"name": HUMAN}, {"name": READY}]),
            f"DELETE {LABELS}/{READY}": recorded("033-label-remove"),
        }
    )
    tracker(hub).label(an_issue(READY), add=[HUMAN, HUMAN], remove=[READY])
    assert hub.asked == [f"POST {LABELS}", f"DELETE {LABELS}/{READY}"]
    assert hub.bodies[0] == {"labels": [HUMAN]}


def test_label__issue_not_read_in_this_tick__by_rest() -> None:
    hub = Hub(
        rest={
            f"POST {LABELS}": reply([{"name": HUMAN}, {"name": READY}]),
            f"DELETE {LABELS}/{READY}": recorded("033-label-remove"),
        }
    )
    github = _knowing(hub)
    github.label(an_issue(READY, repo=Repository(12, REPO)), add=[HUMAN], remove=[READY])
    assert len(hub.asked) == 2
    assert hub.queries == []


def _moved(*names: str) -> dict[str, Any]:
    labels = page(*({"id": f"LA_{name}", "name": name} for name in names))
    return data(add={"clientMutationId": None}, remove={"labelable": {"labels": labels}})


def test_label__both_ways_with_known_ids__is_one_mutation() -> None:
    """Its answer rests on the schema; the three labels' ids came with the listing."""
    hub = Hub([_moved(HUMAN)])
    _knowing(hub).label(an_issue(READY, BUSY), add=[HUMAN], remove=[READY, BUSY])
    (query,) = hub.queries
    assert query["variables"] == {
        "issue": "I_7",
        "add": [f"LA_{HUMAN}"],
        "remove": [f"LA_{READY}", f"LA_{BUSY}"],
    }
    assert hub.asked == []


def test_label__mutation_whose_label_does_not_stick__is_refused() -> None:
    hub = Hub([_moved("other")])
    with pytest.raises(Refused, match="labels now: other"):
        _knowing(hub).label(an_issue(READY), add=[HUMAN], remove=[READY])


@pytest.mark.parametrize("field", ["add", "remove"])
def test_label__half_a_mutation_refused__is_raised(field: str) -> None:
    answered = _moved(HUMAN)
    answered["data"][field] = None
    answered["errors"] = [problem("FORBIDDEN", field, message="Resource not accessible")]
    with pytest.raises(TokenError):
        _knowing(Hub([answered])).label(an_issue(READY), add=[HUMAN], remove=[READY])


def test_label__refused_removal__is_raised() -> None:
    """An issue that is gone answers 404 too, with another text (012)."""
    hub = Hub(rest={f"DELETE {LABELS}/{READY}": recorded("012-issue-get-404")})
    with pytest.raises(NotFound):
        tracker(hub).label(an_issue(READY), remove=[READY])


def test_label__renamed_repository__is_named() -> None:
    """Recordings 125 and 124: the redirect leads to the very repository."""
    home_of = Repository(515436299, REPO)
    hub = Hub(
        rest={
            f"POST {LABELS}": recorded("125-repo-renamed-307-patch"),
            "GET /repositories/515436299": recorded("124-repo-by-id-200"),
        }
    )
    with pytest.raises(RepositoryMoved, match="newname"):
        tracker(hub).label(an_issue(repo=home_of), add=[READY])


def test_label__transferred_issue__is_gone() -> None:
    """The redirect leads to another repository than the issue's, which keeps its name."""
    hub = Hub(rest={f"POST {LABELS}": recorded("125-repo-renamed-307-patch")})
    with pytest.raises(NotFound, match="transferred"):
        tracker(hub).label(an_issue(), add=[READY])
    assert hub.requests == 1


def test_write__issue_as_read__has_all_it_takes() -> None:
    """Labels read with an issue are known by id: no listing is needed for one mutation."""
    both = page({"id": "LA_r", "name": READY}, {"id": "LA_h", "name": HUMAN})
    hub = Hub([data(i0=whole(8, labels=both)), data(i0=whole()), _moved(HUMAN)])
    github = tracker(hub)
    github.reread(KEY)
    issue = github.reread(KEY)
    assert issue is not None
    github.label(issue, add=[HUMAN], remove=[READY])
    assert hub.queries[-1]["variables"]["issue"] == "I_7"
    assert hub.asked == []
