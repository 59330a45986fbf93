"""What has to be there before each of GitHub's recordings on issues."""

from support.github_world import Story, World, answer, recorded, repo_of

from afk_sandbox.forge.records import Repository

API_VERSION = {"x-github-api-version": "2022-11-28"}


def _repo(world: World, name: str, repo_id: int = 0) -> Repository:
    return world.repo(repo_of(name), repo_id=repo_id)


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


STORIES: dict[str, Story] = {
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
}
