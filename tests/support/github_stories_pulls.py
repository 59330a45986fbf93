"""What has to be there before each of GitHub's recordings on pull requests and their CI."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from support.github_world import Json, Story, World, answer, moment, recorded, repo_of

from afk_sandbox.forge.ci import Job, JobRun, JobState, Run, Step, Workflow
from afk_sandbox.forge.pull_records import Pull, Schedule, Wish
from afk_sandbox.forge.records import Account, Repository
from afk_sandbox.forge.trees import Change

REPOSITORY = ("repo", "description", "user")
"""Of the ends of a pull request: the repositories have settings of their own."""
COUNTED = ("commits", "additions", "deletions", "changed_files", "comments", "merge_commit_sha")


ELSEWHERE = Change("a", 1, "a")


def _branches(
    world: World, repo: Repository, told: Json, source: Repository | None, line: Change
) -> None:
    """Give head and base the commits that an answer names; ``line``: what the base's changes."""
    base, head = told["base"], told["head"]
    repo.default_branch = base["ref"]
    forge, owner, there = world.forge, repo.owner, source or repo
    begin = forge.push(repo, base["ref"], "begin", owner, changes=[Change("b", 2, "b")])
    forge.push(repo, base["ref"], "go on", owner, sha=base["sha"], changes=[line])
    there.commits |= repo.commits
    there.branches.setdefault("begin", begin)
    own = [Change("b", 1, "b")]
    forge.push(there, head["ref"], "change", owner, base=begin, sha=head["sha"], changes=own)


def _opened(
    world: World,
    name: str,
    told: Json,
    source: Repository | None = None,
    line: Change = ELSEWHERE,
) -> Pull:
    """Bring about a pull request as an answer shows it, looked at long ago."""
    repo = world.repo(repo_of(name))
    world.now[0] = moment(told["created_at"])
    _branches(world, repo, told, source, line)
    repo.next_number = told["number"]
    author = world.mirror_account(told["user"])
    pull = world.forge.open_pull(
        repo,
        author,
        told["head"]["ref"],
        title=told["title"],
        body=told["body"] or "",
        base=told["base"]["ref"],
        head_repo=source,
    )
    pull.issue.updated_at = moment(told["updated_at"])
    pull.check = replace(pull.check, since=world.now[0] - timedelta(seconds=60))
    return pull


def _ends(name: str, head: str, base: str, **more: Any) -> dict[str, Any]:
    """Return what an answer would show of a pull request that a refusal presumes."""
    owner = {"login": repo_of(name).partition("/")[0], "type": "User", "id": 7}
    return {
        "number": 1,
        "title": "a title",
        "body": "",
        "user": owner,
        "created_at": "2019-01-01T00:00:00Z",
        "updated_at": "2019-01-01T00:00:00Z",
        "head": {"ref": head, "sha": "a" * 40},
        "base": {"ref": base, "sha": "b" * 40},
        **more,
    }


def created(world: World) -> None:
    name = "098-pull-create"
    told, repo = answer(name), world.repo(repo_of(name))
    _branches(world, repo, told, None, ELSEWHERE)
    repo.next_number = told["number"]
    caller = world.mirror_account(told["user"])
    world.replay(name, caller=caller, loose=REPOSITORY)
    (pull,) = world.forge.pulls(repo)
    assert (pull.number, pull.head_ref, pull.base_ref) == (2, "branchToMerge", "main")


def created_twice(world: World) -> None:
    name = "099-pull-create-422-exists"
    pull = _opened(world, name, _ends(name, "test/stable", "main"))
    world.replay(name, caller=pull.author)
    assert world.forge.pulls(pull.repo) == [pull]


def listed(world: World) -> None:
    name = "100-pulls-list-by-head"
    (told,) = answer(name)
    pull = _opened(world, name, told)
    world.forge.push(pull.repo, "other", "x", pull.author)
    world.forge.open_pull(pull.repo, pull.author, "other", title="another")
    world.replay(name, caller=pull.author, loose=(*REPOSITORY, "merge_commit_sha"))


def unknown(world: World) -> None:
    """The first look at it."""
    name = "101-pull-get-unknown"
    pull = _opened(world, name, answer(name))
    pull.check = replace(pull.check, since=None)
    world.replay(name, caller=pull.author, loose=(*REPOSITORY, *COUNTED))


def blocked(world: World) -> None:
    """A review is missing, and the merge is left to GitHub."""
    name = "102-pull-get-blocked"
    told = answer(name)
    pull = _opened(world, name, told)
    world.forge.protect(pull.repo, "develop", approvals=1)
    left = told["auto_merge"]
    wish = Wish(title=left["commit_title"], message=left["commit_message"])
    by = world.mirror_account(left["enabled_by"])
    pull.schedule = Schedule(by=by, at=world.now[0], wish=wish)
    world.replay(name, caller=pull.author, loose=(*REPOSITORY, *COUNTED))


def unstable(world: World) -> None:
    """A check failed that nobody requires."""
    name = "103-pull-get-unstable"
    pull = _opened(world, name, answer(name))
    world.forge.set_access(pull.repo, pull.author, "write")
    world.forge.post_status(pull.repo, pull.head_sha, "failure", pull.author)
    world.replay(name, caller=pull.author, loose=(*REPOSITORY, *COUNTED, "milestone"))


def dirty(world: World) -> None:
    """From a fork, and in conflict."""
    name = "104-pull-get-dirty"
    told = answer(name)
    repo = world.repo(repo_of(name))
    fork = world.repo("stephenc/jenkins-58450")
    fork.fork_of = repo
    pull = _opened(world, name, told, fork, Change("b", 1, "c"))
    world.replay(name, caller=pull.author, loose=(*REPOSITORY, *COUNTED, "body"))


def merged(world: World) -> None:
    name = "105-pull-merge"
    pull = _opened(world, name, _ends(name, "branchToMerge", "main", number=2))
    world.replay(name, caller=pull.repo.owner, loose=("sha",))
    assert pull.merge is not None
    message = pull.repo.commits[pull.merge.commit].message
    assert message.endswith("\n\nMerged test PR")


def _pinned(world: World, name: str, head: str, *required: str) -> tuple[Pull, Account]:
    number = int(recorded(name)["request"]["path"].split("/")[5])
    told = _ends(name, "side", "main", number=number)
    told["head"]["sha"] = head
    pull = _opened(world, name, told)
    if required:
        world.forge.protect(pull.repo, "main", required=required)
    return pull, pull.repo.owner


def merge_refused(world: World) -> None:
    name = "106-pull-merge-405"
    head = recorded(name)["request"]["body"]["sha"]
    pull, owner = _pinned(world, name, head, "continuous-integration/fake-ci")
    world.replay(name, caller=owner)
    assert pull.merge is None


def update_refused(world: World) -> None:
    pull, owner = _pinned(world, "109-pull-update-branch-422", "c" * 40)
    world.replay("109-pull-update-branch-422", caller=owner)
    assert pull.head_sha == "c" * 40


def branch_gone(world: World) -> None:
    """The recorder's placeholders are no names: others stand for them."""
    name = "140-ref-delete-422"
    repo = world.repo("acme/shop")
    world.replay(name, caller=repo.owner, renamed=(repo_of(name), "acme/shop"))


def runs(world: World) -> None:
    """Of one commit; the query's other word is none that afk asks with."""
    name = "087-workflow-runs-by-head-sha"
    told = answer(name)["workflow_runs"]
    repo = world.repo(repo_of(name))
    for each in reversed(told):
        caller = world.mirror_account(each["actor"])
        begun, sha = moment(each["run_started_at"]), each["head_sha"]
        world.now[0] = begun
        if sha not in repo.commits:
            message = each["head_commit"]["message"]
            world.forge.push(repo, each["head_branch"], message, caller, sha=sha)
        file = each["path"].rpartition("/")[2]
        steps = [Step(begun, JobState.RUNNING), Step(begun, JobState(each["conclusion"]))]
        run = Run(
            id=each["id"],
            number=each["run_number"],
            workflow=Workflow(name=each["name"], file=file, jobs=(Job("build"),)),
            sha=sha,
            branch=each["head_branch"],
            title=each["display_title"],
            actor=caller.id,
            jobs=[JobRun("build", steps)],
            event=each["event"],
        )
        repo.runs.append(run)
    made_up = ("workflow_id", "check_suite_id", "check_suite_node_id", "check_suite_url")
    others = (
        "total_count",
        "workflow_url",
        "updated_at",
        "head_commit",
        "repository",
        "head_repository",
    )
    world.replay(name, caller=repo.owner, loose=(*made_up, *others))


STORIES: dict[str, Story] = {
    "087": runs,
    "098": created,
    "099": created_twice,
    "100": listed,
    "101": unknown,
    "102": blocked,
    "103": unstable,
    "104": dirty,
    "105": merged,
    "106": merge_refused,
    "109": update_refused,
    "140": branch_gone,
}
