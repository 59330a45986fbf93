"""What has to be there before each of GitHub's recordings on labels and comments."""

from typing import Any

from support.github_world import Story, World, answer, moment, recorded, repo_of

from afk_sandbox.forge.records import Account, Issue


def _of_path(world: World, name: str) -> Issue:
    """Open the issue that a recorded request names."""
    number = int(recorded(name)["request"]["path"].split("/")[5])
    return world.issue(repo_of(name), number)


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
            stays = world.mirror_label(issue.repo, told)
            if recorded(name)["request"]["method"] == "DELETE":
                world.forge.add_label(issue, stays, issue.repo.owner)
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
    repo = world.repo(repo_of("040-labels-list"))
    for told in answer("040-labels-list"):
        world.mirror_label(repo, told)
    world.replay("040-labels-list", caller=repo.owner)


def simple(name: str) -> Story:
    """Return a story that needs nothing but the repository."""

    def story(world: World) -> None:
        world.replay(name, caller=world.repo(repo_of(name)).owner)

    return story


# Comments


def comments(name: str, filler: int = 0, *loose: str) -> Story:
    """Return a story that mirrors a list of comments."""

    def story(world: World) -> None:
        repo = world.repo(repo_of(name))
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
    "030 to 032": labels_added,
    "033": label_change("033-label-remove", "removeLabels_label_name_2"),
    "034": label_change("034-label-remove-404", "another"),
    "035": label_change("035-label-remove-space", "in progress"),
    "036": label_change("036-label-remove-question-mark", "url-chars?"),
    "040": labels_of_repository,
    "041": simple("041-label-create"),
    "042": simple("042-label-create-422-invalid"),
    "045": comments("045-comments-list"),
    "046, 047": comments_since,
    "049": comments("049-comments-list-with-bot"),
    "050": commented("050-comment-create"),
    "051": commented("051-comment-create-bot"),
    "052": comment_edited,
    "053": comment_deleted,
}
