"""What has to be there before each of GitHub's recordings on issues, labels and comments."""

from typing import Any

from support.github_world import Story, World, answer, moment, recorded, repo_of

from afk.sandbox.forge_records import Account, EventKind, Issue, Repository

API_VERSION = {"x-github-api-version": "2022-11-28"}


def _repo(world: World, name: str, repo_id: int = 0) -> Repository:
    return world.repo(repo_of(name), repo_id=repo_id)


def _fill(world: World, repo: Repository, count: int) -> None:
    """Open so many closed issues, older than anything recorded."""
    for number in range(count):
        issue = world.forge.open_issue(repo, f"filler {number}", repo.owner)
        issue.created_at = issue.updated_at = issue.closed_at = moment("2001-01-01T00:00:00Z")
        issue.number = 100_000 + number
        repo.issues[issue.number] = issue
        del repo.issues[repo.next_number - 1]


# Lists of issues


def paging(world: World) -> None:
    """13 open issues in pages of three."""
    repo = _repo(world, "001-issues-list-page-1", 515435940)
    names = ("001-issues-list-page-1", "002-issues-list-page-2", "003-issues-list-last-page")
    told = {one["number"]: one for name in names for one in answer(name)}
    like = answer(names[0])[0]
    for number in range(1, 14):
        world.mirror_issue(repo, told.get(number) or {**like, "number": number})
    for name in names:
        world.replay(name, caller=repo.owner)


def listed(*names: str, filler: int = 0, loose: tuple[str, ...] = ()) -> Story:
    """Return a story that mirrors lists of issues."""

    def story(world: World) -> None:
        for name in names:
            repo = _repo(world, name)
            for one in sorted(answer(name), key=lambda one: one["number"]):
                if one["number"] not in repo.issues:
                    world.mirror_issue(repo, one)
            _fill(world, repo, filler)
            world.replay(name, caller=repo.owner, loose=loose)

    return story


def listed_pulls_page(world: World) -> None:
    """630 issues make 21 pages of the default size."""
    repo = _repo(world, "008-issues-list-30-default", 617210)
    for one in reversed(answer("008-issues-list-30-default")):
        world.mirror_issue(repo, one)
    _fill(world, repo, 627)
    world.replay("008-issues-list-30-default", caller=None, loose=("merged_at",))


# One issue


def got(name: str, *loose: str) -> Story:
    """Return a story that mirrors one issue, then reads it."""

    def story(world: World) -> None:
        repo = _repo(world, name)
        world.mirror_issue(repo, answer(name))
        world.replay(name, caller=repo.owner, loose=loose)

    return story


def missing_issue(world: World) -> None:
    repo = _repo(world, "012-issue-get-404")
    world.replay("012-issue-get-404", caller=repo.owner)


def created(world: World) -> None:
    name = "013-issue-create-2026"
    repo = _repo(world, name)
    repo.next_number = 489
    author = world.mirror_account(answer(name)["user"])
    times = ("created_at", "updated_at", "milestone")
    world.replay(name, caller=author, loose=times, headers=API_VERSION)


def created_wrongly(world: World) -> None:
    repo = _repo(world, "014-issue-create-422")
    world.replay("014-issue-create-422", caller=repo.owner)
    assert repo.issues == {}


def edited(name: str, *loose: str, **headers: str) -> Story:
    """Return a story that mirrors what an issue was before it is closed, reopened, renamed."""

    def story(world: World) -> None:
        told = answer(name)
        repo = _repo(world, name)
        before = dict(told)
        wanted = recorded(name)["request"]["body"]
        if "state" in wanted:
            before["state"] = "open" if wanted["state"] == "closed" else "closed"
            before["closed_at"] = told["created_at"]
        if "title" in wanted:
            before["title"] = "another title"
        issue = world.mirror_issue(repo, before)
        caller = world.mirror_account(told.get("closed_by") or told["user"])
        world.forge.set_access(repo, caller, "admin")
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        kept = ("updated_at", "closed_at", "closed_by", *loose)
        world.replay(name, caller=caller, loose=kept, headers=named)
        assert issue.open is (told["state"] == "open")

    return story


def edited_without_right(world: World) -> None:
    issue = world.issue("KPostOffice/ogr", 4)
    world.replay("019-issue-patch-403-admin", caller=world.account("stranger"))
    assert issue.open


def lock(world: World) -> None:
    issue = world.issue("hub4j-test-org/github-api-test", 1)
    world.replay("054-issue-lock", caller=issue.repo.owner)
    assert issue.locked


# Events


def repository_events(name: str, repo_id: int, filler: int, *loose: str) -> Story:
    def story(world: World) -> None:
        repo = _repo(world, name, repo_id)
        for told in reversed(answer(name)):
            known = repo.issues.get(told["issue"]["number"])
            issue = known or world.mirror_issue(repo, told["issue"])
            issue.events = [one for one in issue.events if one.id > 1000]
            world.mirror_event(issue, told)
        if filler:
            busy = world.issue(repo.full_name, 99_999)
            for _ in range(filler):
                world.forge.record(busy, EventKind.REOPENED, repo.owner).id = 1
        world.replay(name, caller=repo.owner, loose=loose)

    return story


def issue_events(name: str) -> Story:
    def story(world: World) -> None:
        issue = _of_path(world, name)
        for told in answer(name):
            world.mirror_event(issue, told)
        # The last recorded address is that of a former owner's repository.
        world.replay(name, caller=issue.repo.owner, loose=("url", "commit_url"))

    return story


def _of_path(world: World, name: str) -> Issue:
    """Open the issue that a recorded request names."""
    number = int(recorded(name)["request"]["path"].split("/")[5])
    return world.issue(repo_of(name), number)


def one_event(world: World) -> None:
    name = "028-issue-event-get"
    told = answer(name)
    repo = _repo(world, name)
    world.mirror_event(world.mirror_issue(repo, told["issue"]), told)
    world.replay(name, caller=repo.owner, loose=("updated_at", "color"))


def empty_timeline(world: World) -> None:
    issue = _of_path(world, "029-issue-timeline-empty")
    world.replay("029-issue-timeline-empty", caller=issue.repo.owner)


# Labels


def labels_added(world: World) -> None:
    """Two of them made on the fly, then more, then one again."""
    issue = world.issue("hub4j-test-org/GHIssueTest", 5)
    for name in ("030-label-add-created", "031-labels-add-two", "032-label-add-again"):
        world.replay(name, caller=issue.repo.owner)
    assert [label.color for label in issue.repo.labels] == ["ededed"] * 3
    assert len(issue.events) == 3


def label_change(name: str, *before: str) -> Story:
    """Return a story about an issue that has some labels already."""

    def story(world: World) -> None:
        issue = _of_path(world, name)
        left = answer(name)
        for told in left if isinstance(left, list) else ():
            world.mirror_label(issue.repo, told)
        for label in before:
            known = any(one.name == label for one in issue.repo.labels)
            if not known:
                world.forge.define_label(issue.repo, label)
            world.forge.add_label(issue, label, issue.repo.owner)
        world.replay(name, caller=issue.repo.owner)
        if isinstance(left, list):
            assert [label.name for label in issue.labels] == [one["name"] for one in left]

    return story


def labels_of_repository(world: World) -> None:
    repo = _repo(world, "040-labels-list")
    for told in answer("040-labels-list"):
        world.mirror_label(repo, told)
    world.replay("040-labels-list", caller=repo.owner)


def simple(name: str) -> Story:
    """Return a story that needs nothing but the repository."""

    def story(world: World) -> None:
        world.replay(name, caller=_repo(world, name).owner)

    return story


def label_deleted(world: World) -> None:
    repo = _repo(world, "044-label-delete")
    world.forge.define_label(repo, "test2")
    world.replay("044-label-delete", caller=repo.owner)
    assert repo.labels == []


# Comments


def comments(name: str, filler: int = 0, *loose: str) -> Story:
    """Return a story that mirrors a list of comments."""

    def story(world: World) -> None:
        repo = _repo(world, name)
        for told in answer(name):
            number = int(told["issue_url"].rpartition("/")[2])
            known = repo.issues.get(number)
            issue = known or world.issue(repo.full_name, number)
            issue.is_pull = "/pull/" in told["html_url"]
            world.mirror_comment(issue, told)
        for _ in range(filler):
            world.forge.comment(issue, repo.owner, "later")
        world.replay(name, caller=repo.owner, loose=loose)

    return story


def comments_since(world: World) -> None:
    """``since`` is inclusive to the second."""
    issue = world.issue("hub4j-test-org/GHIssueTest", 15)
    for told in answer("046-comments-list-since"):
        world.mirror_comment(issue, told)
    for name in ("046-comments-list-since", "047-comments-list-since-empty"):
        world.replay(name, caller=issue.repo.owner)


def commented(name: str, *loose: str) -> Story:
    """Return a story of a comment that is posted."""

    def story(world: World) -> None:
        issue = _of_path(world, name)
        told = answer(name)
        issue.is_pull = "/pull/" in told["html_url"]
        world.forge.ids["entry"] = told["id"] - 1
        author: Account = world.mirror_account(told["user"])
        world.replay(name, caller=author, loose=("created_at", "updated_at", *loose))
        assert [one.id for one in issue.comments] == [told["id"]]

    return story


def _recorded_comment(world: World, name: str, told: dict[str, Any] | None) -> Issue:
    issue = world.issue(repo_of(name), 1)
    comment_id = int(recorded(name)["request"]["path"].rpartition("/")[2])
    author = world.mirror_account(told["user"]) if told else issue.repo.owner
    comment = world.forge.comment(issue, author, "before")
    comment.id = comment_id
    if told:
        comment.created_at = moment(told["created_at"])
    return issue


def comment_edited(world: World) -> None:
    name = "052-comment-edit"
    issue = _recorded_comment(world, name, answer(name))
    world.replay(name, caller=issue.comments[0].author)


def comment_deleted(world: World) -> None:
    issue = _recorded_comment(world, "053-comment-delete", None)
    world.replay("053-comment-delete", caller=issue.repo.owner)
    assert issue.comments == []


STORIES: dict[str, Story] = {
    "001 to 003": paging,
    "004": listed("004-issues-list-two-labels"),
    "005": listed("005-issues-list-one-label", loose=("milestone",)),
    "006": listed("006-issues-list-empty"),
    "007": listed("007-issues-list-pull-requests"),
    "008": listed_pulls_page,
    "009": got("009-issue-get-open"),
    "010": got("010-issue-get-closed"),
    "011": got("011-issue-get-locked", "active_lock_reason", "milestone"),
    "012": missing_issue,
    "013": created,
    "014": created_wrongly,
    "015": edited("015-issue-close-2026", "milestone", **API_VERSION),
    "016": edited("016-issue-close-not-planned"),
    "017": edited("017-issue-reopen"),
    "018": edited("018-issue-rename"),
    "019": edited_without_right,
    "020": repository_events("020-repo-issue-events-reopened", 3710711, 0, "state", "closed_at"),
    "021": repository_events(
        "021-repo-issue-events-page-1", 206888201, 400, "color", "state", "closed_at", "updated_at"
    ),
    "024": issue_events("024-issue-events-labeled"),
    "025": issue_events("025-issue-events-renamed"),
    "027": issue_events("027-issue-events-closed-by-commit"),
    "028": one_event,
    "029": empty_timeline,
    "030 to 032": labels_added,
    "033": label_change(
        "033-label-remove",
        "removeLabels_label_name_1",
        "removeLabels_label_name_2",
        "removeLabels_label_name_3",
    ),
    "034": label_change("034-label-remove-404", "another"),
    "035": label_change("035-label-remove-space", "in progress"),
    "036": label_change("036-label-remove-question-mark", "url-chars?"),
    "037": label_change("037-labels-set", "old"),
    "038": label_change("038-labels-set-empty", "old"),
    "039": label_change("039-labels-remove-all", "old"),
    "040": labels_of_repository,
    "041": simple("041-label-create"),
    "042": simple("042-label-create-422-invalid"),
    "044": label_deleted,
    "045": comments("045-comments-list"),
    "046, 047": comments_since,
    "048": comments("048-comments-list-repository", 40_000),
    "049": comments("049-comments-list-with-bot"),
    "050": commented("050-comment-create"),
    "051": commented("051-comment-create-bot"),
    "052": comment_edited,
    "053": comment_deleted,
    "054": lock,
}
