"""Labels: created where missing, put on and checked, taken off by id."""

import pytest
from support.cassettes import replay
from support.forgejo import (
    API,
    VERSIONS,
    Reply,
    Table,
    question,
    recorded,
    recording,
    reply,
    tracker,
)
from support.forgejo_labels import (
    CREATE,
    LIST,
    MAIN,
    ORG,
    OURS,
    REPO,
    label_item,
    named_labels,
    unread_issue,
)

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.config import Config
from afk.errors import NotFound, Refused, RepositoryMoved, ServerFault, TokenError
from afk.types import Issue


def _read(ours: ForgejoTracker, *labels: tuple[str, int]) -> Issue:
    """Return issue 7 as the tracker has read it, with these labels on."""
    item = label_item(7, *labels)
    ours._labels.saw(item)
    return mapping.issue(item)


@pytest.mark.parametrize("version", VERSIONS)
def test_ensure_labels__all_there__costs_one_request_a_tick(version: str) -> None:
    with replay(recording(version, "056-labels-list")) as cassette:
        ours = tracker()
        ours.ensure_labels(MAIN, OURS)
        ours.ensure_labels(MAIN, OURS[:1])
        ours.ensure_labels(MAIN, ())
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_ensure_labels__the_organisation_has_them__creates_none(version: str) -> None:
    repo = "apiorg/api-org1"
    table = Table(
        {
            question("GET", f"{API}/repos/{repo}/labels", limit=50): reply([]),
            f"GET {API}/orgs/apiorg/labels": recorded(version, "057-org-labels-list"),
        }
    )
    ours = tracker(table)
    ours.ensure_labels(repo, ["ready-for-agent"])
    ours.ensure_labels(repo, ["ready-for-agent"])
    assert len(table.asked) == 2


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["007-no-such-repo", "178-scope-missing-read-issue"])
def test_ensure_labels__no_organisation_or_no_scope__creates_what_is_missing(
    version: str, name: str
) -> None:
    """404: a user owns it. 403: the token lacks read:organization. A twin does no harm."""
    table = Table(
        {
            LIST: named_labels("ready-for-agent", "Ready-For-Human"),
            ORG: recorded(version, name),
            CREATE: recorded(version, "046-label-create"),
        }
    )
    tracker(table).ensure_labels(MAIN, (*OURS, "other", "other"))
    assert table.asked == [LIST, ORG, CREATE, CREATE, CREATE]
    created = [body for body in table.bodies if body]
    assert [body["name"] for body in created] == ["agent-in-progress", "ready-for-human", "other"]
    assert all(body["color"].startswith("#") and len(body["color"]) == 7 for body in created)
    assert [bool(body["description"]) for body in created] == [True, True, False]


def test_ensure_labels__configured_names__look_like_their_role() -> None:
    table = Table(
        {LIST: named_labels(), ORG: Reply(404), CREATE: reply({"id": 1, "name": "go"}, 201)}
    )
    tracker(table, config=Config(ready_label="go")).ensure_labels(MAIN, ["go"])
    assert table.bodies[-1] == {
        "name": "go",
        "color": "#0e8a16",
        "description": "An agent may work on this issue as it stands",
    }


def test_ensure_labels__on_a_later_page__is_found() -> None:
    """Duplicate names are allowed, so an unread page would make a twin."""
    first = named_labels("bug", "wontfix")
    table = Table(
        {
            LIST: Reply(first.status, first.body, {**first.headers, "x-total-count": "3"}),
            question("GET", f"{REPO}/labels", limit=50, page=2): named_labels("ready-for-agent"),
        }
    )
    tracker(table).ensure_labels(MAIN, ["ready-for-agent"])
    assert len(table.asked) == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_ensure_labels__not_allowed__is_refused_and_not_remembered(version: str) -> None:
    refused = recorded(version, "051-labels-add-without-write")
    table = Table({LIST: named_labels(), ORG: Reply(404), CREATE: refused})
    ours = tracker(table)
    for _ in range(2):
        with pytest.raises(Refused, match="creating the label ready-for-agent"):
            ours.ensure_labels(MAIN, ["ready-for-agent"])
    assert table.asked.count(CREATE) == 2


def test_ensure_labels__creation_unanswered__is_not_repeated() -> None:
    """Creating twice would make a twin."""
    table = Table({LIST: named_labels(), ORG: Reply(404), CREATE: Reply(502)})
    with pytest.raises(ServerFault):
        tracker(table).ensure_labels(MAIN, ["ready-for-agent"])
    assert table.asked.count(CREATE) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_label__add__is_one_request_checked_in_the_answer(version: str) -> None:
    with replay(recording(version, "037-labels-add-by-name")) as cassette:
        tracker().label(unread_issue(7), add=["ready-for-agent", "ready-for-agent"])
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "repo", "number", "label"),
    [
        ("055-labels-add-duplicate-name", MAIN, 7, "twin"),
        ("058-labels-add-org-and-repo-label", "apiorg/api-org2", 5, "ready-for-agent"),
    ],
)
def test_label__a_name_that_two_labels_have__adds_both(
    version: str, name: str, repo: str, number: int, label: str
) -> None:
    with replay(recording(version, name)) as cassette:
        tracker().label(unread_issue(number, repo=repo), add=[label])
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_label__unknown_name__is_ignored_by_the_server_and_refused_here(version: str) -> None:
    """200 with the list as it was: only the list tells."""
    with (
        replay(recording(version, "049-labels-add-unknown-name")),
        pytest.raises(Refused, match="did not put nope on"),
    ):
        tracker().label(unread_issue(7), add=["nope"])


@pytest.mark.parametrize("version", VERSIONS)
def test_label__remove__is_by_id_in_both_versions(version: str) -> None:
    """11 answers 422 to a name (040)."""
    with replay(recording(version, "041-label-remove-by-id")) as cassette:
        ours = tracker()
        ours.label(_read(ours, ("ready-for-agent", 6)), remove=["ready-for-agent"])
    assert cassette.play_count == 1


def test_label__twins_on_the_issue__are_all_removed() -> None:
    path = f"{REPO}/issues/7/labels"
    table = Table({f"DELETE {path}/44": Reply(204), f"DELETE {path}/45": Reply(204)})
    ours = tracker(table)
    ours.label(_read(ours, ("twin", 44), ("bug", 9), ("twin", 45)), remove=["twin", "absent"])
    assert table.asked == [f"DELETE {path}/44", f"DELETE {path}/45"]


def test_label__off_by_the_newest_read__costs_nothing() -> None:
    ours = tracker(Table({}))
    older = _read(ours, ("a", 1))
    _read(ours)
    ours.label(older, remove=["a"])


@pytest.mark.parametrize("version", VERSIONS)
def test_label__gone_already__is_no_error(version: str) -> None:
    gone = recorded(version, "042-label-remove-unknown-name")
    table = Table({f"DELETE {REPO}/issues/7/labels/6": gone})
    ours = tracker(table)
    ours.label(_read(ours, ("ready-for-agent", 6)), remove=["ready-for-agent"])
    assert len(table.asked) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_label__of_an_issue_that_is_gone__not_found(version: str) -> None:
    """As on GitHub: the caller must not take it for done."""
    gone = recorded(version, "009-no-such-issue")
    table = Table({f"DELETE {REPO}/issues/7/labels/6": gone})
    ours = tracker(table)
    with pytest.raises(NotFound):
        ours.label(_read(ours, ("ready-for-agent", 6)), remove=["ready-for-agent"])
    assert len(table.asked) == 1


def test_label__as_wanted__costs_nothing() -> None:
    table = Table({})
    ours = tracker(table)
    ours.label(_read(ours, ("a", 1)), add=["a"], remove=["b"])
    ours.label(_read(ours, ("a", 1)))
    assert table.asked == []


def test_label__add_and_remove__adds_first() -> None:
    path = f"{REPO}/issues/7/labels"
    table = Table({f"POST {path}": named_labels("a", "b", "c"), f"DELETE {path}/1": Reply(204)})
    ours = tracker(table)
    ours.label(_read(ours, ("a", 1)), add=["b", "c"], remove=["a"])
    assert table.asked == [f"POST {path}", f"DELETE {path}/1"]
    assert table.bodies[0] == {"labels": ["b", "c"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_label__without_write__is_refused_whatever_the_body(version: str) -> None:
    """403 with an empty body in 14, an HTML page in 11; removing likewise."""
    refused = recorded(version, "051-labels-add-without-write")
    path = f"{REPO}/issues/7/labels"
    table = Table({f"POST {path}": refused, f"DELETE {path}/1": refused})
    with pytest.raises(Refused) as caught:
        tracker(table).label(unread_issue(7), add=["a"])
    assert caught.value.status == 403
    assert isinstance(caught.value, TokenError)
    assert "lacks write permission on the repository's issues" in str(caught.value)
    ours = tracker(table)
    with pytest.raises(Refused, match="taking a off"):
        ours.label(_read(ours, ("a", 1)), remove=["a"])


@pytest.mark.parametrize("version", VERSIONS)
def test_label__renamed_repository__is_not_followed(version: str) -> None:
    """301 in 14, 307 in 11; nothing is written under either name."""
    path = f"{API}/repos/owner/api-ren/issues/1/labels"
    table = Table({f"POST {path}": recorded(version, "124-renamed-repo-post")})
    with pytest.raises(RepositoryMoved) as caught:
        tracker(table).label(unread_issue(1, repo="owner/api-ren"), add=["bug"])
    assert (caught.value.old, caught.value.new) == ("owner/api-ren", "owner/api-renamed")
    assert table.asked == [f"POST {path}"]


@pytest.mark.parametrize("version", VERSIONS)
def test_label__missing_scope__is_a_token_error(version: str) -> None:
    scope = recorded(version, "179-scope-missing-write-issue")
    with pytest.raises(TokenError, match="write:issue"):
        tracker(Table({f"POST {REPO}/issues/7/labels": scope})).label(unread_issue(7), add=["a"])


def test_label__never_asks_for_githubs_media_type() -> None:
    """With it, 14 answers a removal with a list that still has the label (044)."""
    table = Table({f"DELETE {REPO}/issues/7/labels/1": Reply(204)})
    ours = tracker(table)
    ours.label(_read(ours, ("a", 1)), remove=["a"])
    assert [headers["accept"] for headers in table.headers] == ["application/json"]


def test_label__server_in_trouble__is_tried_again() -> None:
    """Adding and removing are safe to repeat: a present label leaves no second event (039)."""
    path = f"{REPO}/issues/7/labels"
    down = Reply(503)
    table = Table(
        {f"POST {path}": [down, named_labels("a")], f"DELETE {path}/1": [down, Reply(204)]}
    )
    ours = tracker(table)
    ours.label(_read(ours, ("b", 1)), add=["a"], remove=["b"])
    assert len(table.asked) == 4


@pytest.mark.parametrize("version", VERSIONS)
def test_label__archived_repository__is_not_refused(version: str) -> None:
    """Archived is half open: comments get 423, labels are taken; callers ask `repository`."""
    with replay(recording(version, "130-archived-label")) as cassette:
        tracker().label(unread_issue(1, repo="owner/api-arch"), add=["bug"])
    assert cassette.play_count == 1
