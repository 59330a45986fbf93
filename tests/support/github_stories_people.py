"""What has to be there before GitHub's recordings on people, repositories, branches, refusals."""

from support.github_world import Story, World, answer, moment, repo_of

# People


def permission(name: str, access: str, *, private: bool = False) -> Story:
    """Return a story of asking for an account's rights."""

    def story(world: World) -> None:
        repo = world.repo(repo_of(name), private=private)
        account = world.mirror_account(answer(name)["user"])
        if access:
            world.forge.set_access(repo, account, access)
        world.replay(name, caller=repo.owner)

    return story


def permission_refused(world: World) -> None:
    world.repo("apache/groovy")
    world.account("jglick")
    world.replay("061-permission-403", caller=world.account("stranger"))


def caller(name: str) -> Story:
    """Return a story of asking who one is."""

    def story(world: World) -> None:
        account = world.mirror_account(answer(name))
        account.created_at = moment(answer(name)["created_at"])
        known = ("name", "company", "blog", "location", "email", "bio", "twitter_username")
        counted = tuple(key for key, value in answer(name).items() if isinstance(value, int))
        profile = ("updated_at", "plan", "notification_email")
        world.replay(name, caller=account, loose=(*known, *counted, *profile))

    return story


# Repositories


def repository(name: str, *loose: str) -> Story:
    """Return a story that mirrors a repository, then reads it."""

    def story(world: World) -> None:
        told = answer(name)
        world.mirror_account(told["owner"])
        repo = world.repo(told["full_name"], repo_id=told["id"], private=told["private"])
        repo.created_at, repo.updated_at = moment(told["created_at"]), moment(told["updated_at"])
        repo.default_branch = told["default_branch"]
        repo.archived_at = repo.updated_at if told["archived"] else None
        rights = told.get("permissions")
        reader = world.account("reader")
        asking = reader if rights and not rights["admin"] else repo.owner
        counted = ("pushed_at", "size", "description", "homepage", "language", "license")
        others = tuple(key for key in told if key.endswith("_count") or key.startswith("allow_"))
        numbers = ("forks", "watchers", "open_issues", "temp_clone_token", "topics")
        switches = ("has_projects", "has_wiki", "has_pages", "has_downloads", "fork")
        world.replay(name, caller=asking, loose=(*counted, *others, *numbers, *switches, *loose))
        unknown = {"parent", "source", "permissions", "organization"}
        world.found = [line for line in world.found if line.rpartition(" ")[2] not in unknown]

    return story


def renamed(world: World) -> None:
    """It is found elsewhere for good; the id answers."""
    name = "123-repo-renamed-301"
    old = repo_of(name)
    repo = world.repo(old, repo_id=515436299)
    world.forge.rename_repository(repo, f"{repo.name}-newname")
    world.replay(name, caller=repo.owner)
    assert repo.full_name == f"{old}-newname"


def transferred(world: World) -> None:
    repo = world.repo("konveyor/volume-snapshot-mover", repo_id=464988123)
    world.forge.transfer_repository(repo, world.account("migtools"))
    world.replay("126-repo-transferred-301", caller=repo.owner)


def bad_token(world: World) -> None:
    named = {"authorization": "Bearer nobody"}
    world.replay("127-user-401", caller=None, headers=named)


def hidden(world: World) -> None:
    """A private repository is as absent as one that is not there."""
    repo = world.repo(repo_of("130-repo-404"), private=True)
    world.replay("130-repo-404", caller=world.account("stranger"))
    world.forge.delete_repository(repo)
    world.replay("130-repo-404", caller=repo.owner)


def branch(world: World) -> None:
    name = "138-branch-get"
    told = answer(name)
    repo = world.repo(repo_of(name))
    parent = told["commit"]["parents"][0]["sha"]
    world.forge.push(repo, "old", "before", repo.owner, base="", sha=parent)
    repo.branches["main"] = world.mirror_commit(repo, told["commit"], parent)
    # The recorded one was committed by GitHub itself.
    world.replay(name, caller=repo.owner, loose=("author", "committer"))


def no_branch(world: World) -> None:
    repo = world.repo(repo_of("139-branch-404"))
    world.replay("139-branch-404", caller=repo.owner)


STORIES: dict[str, Story] = {
    "055": permission("055-permission-admin", "admin"),
    "056": permission("056-permission-write", "write"),
    "058": permission("058-permission-read", "read"),
    "059": permission("059-permission-none", "", private=True),
    "060": permission("060-permission-stranger-public", ""),
    "061": permission_refused,
    "123": renamed,
    "124": repository("124-repo-by-id-200"),
    "126": transferred,
    "127": bad_token,
    "130": hidden,
    "133": caller("133-user-get-classic-token"),
    "134": caller("134-user-get-fine-grained-token"),
    "135": repository("135-repo-get-fine-grained-token"),
    "137": repository("137-repo-archived"),
    "138": branch,
    "139": no_branch,
}
