"""What has to be there before each of GitHub's recordings on issues."""

from support.github_world import Story, World, answer, moment, recorded, repo_of

from afk_sandbox.forge.records import Repository

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
    before = told[min(told)]
    for number in range(1, 14):
        before = told.get(number) or {**before, "number": number}
        world.mirror_issue(repo, before)
    for name in names:
        world.replay(name, caller=repo.owner)


def listed(name: str, *loose: str, former: str = "") -> Story:
    """Return a story that mirrors a list of issues; ``former``: the name its addresses have."""

    def story(world: World) -> None:
        repo = _repo(world, name)
        for one in sorted(answer(name), key=lambda one: int(one["number"])):
            world.mirror_issue(repo, one)
        for one in answer(name):
            # A text that names another issue moved that one's time.
            repo.issues[one["number"]].updated_at = moment(one["updated_at"])
        former_name = (former, repo.full_name) if former else None
        world.replay(name, caller=repo.owner, loose=loose, renamed=former_name)

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


STORIES: dict[str, Story] = {
    "001 to 003": paging,
    "004": listed("004-issues-list-two-labels"),
    "005": listed("005-issues-list-one-label", "milestone"),
    "006": listed("006-issues-list-empty"),
    "007": listed("007-issues-list-pull-requests", former="skywinder/changelog_test"),
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
    "054": lock,
}
