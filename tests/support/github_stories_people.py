"""What has to be there before each of GitHub's recordings on people, repositories, refusals."""

from support.github_world import Story, World, answer, moment, repo_of

from afk_sandbox.forge.records import AccountKind

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


def collaborators(world: World) -> None:
    name = "062-collaborators-list"
    repo = world.repo(repo_of(name))
    repo.owner.kind = AccountKind.ORGANISATION
    for told in answer(name):
        account = world.mirror_account(told)
        account.site_admin = told["site_admin"]
        rights = told["permissions"]
        world.forge.set_access(repo, account, "admin" if rights["admin"] else "write")
    world.forge.accounts = [one for one in world.forge.accounts if one is not repo.owner]
    world.replay(name, caller=repo.owner)


def collaborators_anonymous(world: World) -> None:
    world.repo("cloudbeers/yolo")
    world.replay("063-collaborators-list-401", caller=None)


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


def rate_limit(world: World) -> None:
    account = world.account("somebody")
    loose = ("reset", "x-ratelimit-resource")
    world.replay("114-rate-limit", caller=account, loose=loose)
    absent = {"audit_log", "audit_log_streaming", "code_scanning_upload"}
    lines = [line for line in world.found if line.rpartition(" ")[2] not in absent]
    assert len(world.found) - len(lines) == len(absent)
    world.found = lines


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
    """A GET is sent elsewhere for good, other methods for the moment; the id answers."""
    names = ("123-repo-renamed-301", "125-repo-renamed-307-patch")
    old = repo_of(names[0])
    repo = world.repo(old, repo_id=515436299)
    world.forge.rename_repository(repo, f"{repo.name}-newname")
    for name in names:
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


STORIES: dict[str, Story] = {
    "055": permission("055-permission-admin", "admin"),
    "056": permission("056-permission-write", "write"),
    "058": permission("058-permission-read", "read"),
    "059": permission("059-permission-none", "", private=True),
    "060": permission("060-permission-stranger-public", ""),
    "061": permission_refused,
    "062": collaborators,
    "063": collaborators_anonymous,
    "114": rate_limit,
    "123, 125": renamed,
    "124": repository("124-repo-by-id-200"),
    "126": transferred,
    "127": bad_token,
    "130": hidden,
    "133": caller("133-user-get-classic-token"),
    "134": caller("134-user-get-fine-grained-token"),
    "135": repository("135-repo-get-fine-grained-token"),
    "137": repository("137-repo-archived"),
}
