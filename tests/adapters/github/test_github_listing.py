"""The look over all repositories. Its GraphQL answers rest on the schema, not on recordings."""

from datetime import UTC, datetime

import pytest
from support.github import REPO, Data, Hub, data, page, problem, recorded, reply, tracker
from support.github_listing import answered, listed, listed_repo

from afk.config import Config
from afk.errors import RateLimited, ServerFault
from afk.model.forge import RepositoryTrouble, Trouble
from afk.types import Account, AccountKind, IssueKey


def test_listing__no_repositories__costs_nothing() -> None:
    hub = Hub()
    assert tracker(hub).listing([]).heads == ()
    assert hub.requests == 0


def test_listing__hundred_repositories__cost_one_request() -> None:
    names = [f"acme/app{number}" for number in range(100)]
    hub = Hub([answered(*(listed_repo(name) for name in names))])
    assert tracker(hub).listing(names).troubles == ()
    assert hub.requests == 1


def test_listing__more_repositories__cost_one_request_per_hundred() -> None:
    def named(variables: Data) -> Data:
        names = [value for value in variables.values() if str(value).startswith("app")]
        return answered(*(listed_repo(f"acme/{name}") for name in names))

    names = [f"acme/app{number}" for number in range(101)]
    hub = Hub([named, named])
    assert tracker(hub).listing(names).troubles == ()
    assert hub.requests == 2


def test_listing__labelled_issues__are_heads_once_each() -> None:
    both = listed(1)
    closed = listed(3, state="CLOSED")
    repo = listed_repo(ready=page(both, listed(2)), progress=page(both, closed))
    heads = tracker(Hub([answered(repo)])).listing([REPO]).heads
    shown = [(one.key.number, one.ready, one.in_progress, one.open) for one in heads]
    assert shown == [
        (1, True, True, True),
        (2, True, False, True),
        (3, False, True, False),
    ]


def test_listing__bodies__announce_the_blockers_they_name() -> None:
    repo = listed_repo(ready=page(listed(1, body="Blocked by #4 and acme/lib#5")))
    (head,) = tracker(Hub([answered(repo)])).listing([REPO]).heads
    assert head.handle == (IssueKey(REPO, 4), IssueKey("acme/lib", 5))


def test_listing__further_pages__are_all_read() -> None:
    def more(variables: Data) -> Data:
        assert variables["label"] == "agent-in-progress"
        assert variables["states"] == ["OPEN", "CLOSED"]
        assert variables["after"] == "c1"
        return data(node={"issues": page(listed(2))})

    repo = listed_repo(progress=page(listed(1), more="c1"))
    hub = Hub([answered(repo), more])
    heads = tracker(hub).listing([REPO]).heads
    assert [one.key.number for one in heads] == [1, 2]
    assert hub.requests == 2


def test_listing__later_page_too_large__is_asked_in_smaller_ones() -> None:
    """A stranger's long texts in the ready set must not stop every tick."""

    def more(variables: Data) -> Data:
        many = [listed(number, body="x" * 2_000) for number in range(variables["page"])]
        return data(node={"issues": page(*many)})

    repo = listed_repo(ready=page(listed(99), more="c1"))
    hub = Hub([answered(repo), more, more])
    heads = tracker(hub, max_body=50_000).listing([REPO]).heads
    assert len(heads) == 11
    assert [one["variables"].get("page") for one in hub.queries] == [None, 50, 10]


@pytest.mark.parametrize(
    ("field", "label"), [("ready", "ready-for-agent"), ("progress", "agent-in-progress")]
)
def test_listing__list_without_end__is_the_trouble_of_its_repository(
    field: str, label: str
) -> None:
    """5,000 issues; one in progress that is not seen could be started a second time.

    The other list and the other repository are read all the same.
    """
    endless = page(listed(1), more="c")
    crowded = {**listed_repo(ready=page(listed(2)), progress=page(listed(2))), field: endless}
    calm = listed_repo("acme/calm", ready=page(listed(3)))
    hub = Hub([answered(crowded, calm), *([data(node={"issues": endless})] * 99)])
    listing = tracker(hub).listing([REPO, "acme/calm"])
    assert {head.key.number for head in listing.heads} == {1, 2, 3}
    detail = f"it has more than 100 issues labelled {label}"
    assert listing.troubles == (Trouble(REPO, RepositoryTrouble.TOO_MANY, detail),)
    assert hub.requests == 100


def test_listing__archived_repository_without_labels__is_two_troubles() -> None:
    repo = listed_repo(isArchived=True, readyLabel=None, progressLabel=None, humanLabel=None)
    troubles = tracker(Hub([answered(repo)])).listing([REPO]).troubles
    assert troubles == (
        Trouble(REPO, RepositoryTrouble.ARCHIVED),
        Trouble(REPO, RepositoryTrouble.NO_LABEL, "ready-for-agent"),
    )


def test_listing__ready_label_in_another_case__is_missing() -> None:
    repo = listed_repo(readyLabel={"id": "LA_r", "name": "Ready-for-agent"})
    (trouble,) = tracker(Hub([answered(repo)])).listing([REPO]).troubles
    assert trouble.kind is RepositoryTrouble.NO_LABEL


def test_listing__repository_in_another_case__is_renamed() -> None:
    """Names are compared exactly everywhere, so the configuration has to be mended."""
    hub = Hub([answered(listed_repo("Acme/App", ready=page(listed(1))))])
    listing = tracker(hub).listing([REPO])
    assert listing.troubles == (Trouble(REPO, RepositoryTrouble.RENAMED, "Acme/App"),)
    assert listing.heads == ()


OLD = "octokit-fixture-org/tmp-scenario-rename-repository-20220719044033126-ukeod"


def test_listing__renamed_repository__is_named_by_rest() -> None:
    """Recordings 123 and 124; the other repository is listed all the same."""
    missing = answered(None, listed_repo(ready=page(listed(1))))
    hub = Hub(
        [{**missing, "errors": [problem("NOT_FOUND", "r0")]}],
        {
            f"GET /repos/{OLD}": recorded("123-repo-renamed-301"),
            "GET /repositories/515436299": recorded("124-repo-by-id-200"),
        },
    )
    listing = tracker(hub).listing([OLD, REPO])
    assert listing.troubles == (Trouble(OLD, RepositoryTrouble.RENAMED, f"{OLD}-newname"),)
    assert [head.key for head in listing.heads] == [IssueKey(REPO, 1)]


def test_listing__absent_repository__is_missing() -> None:
    """Recording 130."""
    hub = Hub(
        [{**answered(None), "errors": [problem("NOT_FOUND", "r0")]}],
        {f"GET /repos/{REPO}": recorded("130-repo-404")},
    )
    assert tracker(hub).listing([REPO]).troubles == (Trouble(REPO, RepositoryTrouble.MISSING),)


def test_listing__repository_only_rest_shows__is_unreadable_with_the_reason() -> None:
    shown = {"id": 11, "full_name": REPO}
    hub = Hub(
        [{**answered(None), "errors": [problem("NOT_FOUND", "r0")]}],
        {f"GET /repos/{REPO}": reply(shown)},
    )
    (trouble,) = tracker(hub).listing([REPO]).troubles
    assert trouble.kind is RepositoryTrouble.UNREADABLE
    assert "REST does" in str(trouble.error)


def test_listing__rate_limit_while_asking_why__is_raised() -> None:
    hub = Hub(
        [{**answered(None), "errors": [problem("NOT_FOUND", "r0")]}],
        {f"GET /repos/{REPO}": recorded("115-limit-primary-403")},
    )
    with pytest.raises(RateLimited):
        tracker(hub).listing([REPO])


def test_listing__query_too_big__is_asked_in_halves() -> None:
    exhausted = {"errors": [problem("RESOURCE_LIMITS_EXCEEDED")]}
    hub = Hub([exhausted, answered(listed_repo("acme/a")), answered(listed_repo("acme/b"))])
    assert tracker(hub).listing(["acme/a", "acme/b"]).troubles == ()
    assert hub.requests == 3


def test_listing__answer_of_another_shape__is_a_fault_of_the_server() -> None:
    hub = Hub([answered({**listed_repo(), "databaseId": "eleven"})])
    with pytest.raises(ServerFault, match=r"databaseId"):
        tracker(hub).listing([REPO])


def test_me__after_a_listing__costs_nothing() -> None:
    """GITHUB_TOKEN's account; its comments carry the same id."""
    hub = Hub([answered(listed_repo())])
    github = tracker(hub)
    github.listing([REPO])
    assert github.me() == Account(41898282, "github-actions[bot]", AccountKind.BOT)
    assert hub.requests == 1


def test_me__alone__is_asked_once() -> None:
    hub = Hub([data(viewer={"login": "ann", "databaseId": 1})])
    github = tracker(hub)
    assert github.me() == github.me() == Account(1, "ann")
    assert hub.requests == 1


def test_listing__configured_labels__are_what_is_asked_for() -> None:
    config = Config(ready_label="go", in_progress_label="busy", human_label="stop")
    hub = Hub([answered(listed_repo(readyLabel={"id": "1", "name": "go"}))])
    assert tracker(hub, config=config).listing([REPO]).troubles == ()
    assert {"go", "busy", "stop"} <= set(map(str, hub.queries[0]["variables"].values()))
    assert hub.headers[0]["accept"] == "application/vnd.github+json"
    assert hub.headers[0]["x-github-api-version"] == "2022-11-28"


NOON = "Thu, 26 Nov 2026 12:00:00 GMT"


def test_listing__when_it_was_answered__is_by_the_forge_s_clock() -> None:
    answer = answered(listed_repo(ready=page(listed(1))))
    told = tracker(Hub([reply(answer, date=NOON)])).listing([REPO])
    assert told.at == datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert tracker(Hub([reply(answer)])).listing([REPO]).at is None
