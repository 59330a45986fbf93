"""What has to be there before each of GitHub's recordings on code and CI."""

from datetime import timedelta
from typing import Any

from support.github_world import Story, World, answer, moment, recorded, repo_of

from afk_sandbox.forge.ci import Job, JobRun, JobState, Run, Step, Workflow
from afk_sandbox.forge.records import Repository

_STATES = {
    ("queued", None): JobState.WAITING,
    ("in_progress", None): JobState.RUNNING,
    ("completed", "success"): JobState.SUCCESS,
    ("completed", "failure"): JobState.FAILURE,
    ("completed", "cancelled"): JobState.CANCELLED,
}
_OTHER_APP = ("app", "html_url", "details_url", "external_id", "output", "pull_requests")
"""Check runs of other apps than Actions have their own addresses and texts."""


# Code


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


def commits(world: World) -> None:
    name = "068-commits-since-until"
    repo = world.repo(repo_of(name))
    told = answer(name)
    parent = told[-1]["parents"][0]["sha"]
    world.now[0] = moment("2007-01-01T00:00:00Z")
    world.forge.push(repo, "old", "too old", repo.owner, base="", sha=parent)
    for one in reversed(told):
        parent = world.mirror_commit(repo, one, parent)
    world.now[0] = moment("2009-01-01T00:00:00Z")
    newest = world.forge.push(repo, "master", "too new", repo.owner, base=parent)
    repo.default_branch, repo.branches["master"] = "master", newest
    # The recorded ones have no accounts, and names that are no logins.
    world.replay(name, caller=repo.owner, loose=("author", "committer"))


def compared(name: str, ahead: int, *, behind: bool = False) -> Story:
    """Return a story of comparing two commits that lie so many apart."""

    def story(world: World) -> None:
        asked, told = recorded(name)["request"], answer(name)
        full = told["url"].split("/repos/")[1].split("/compare/")[0]
        repo = world.repo(full)
        if "/repositories/" in asked["path"]:
            repo.id = int(asked["path"].split("/")[2])
        elif "link" in recorded(name)["response"]["headers"]:
            repo.id = 206888201
        base, head = asked["path"].split("/compare/")[1].split("...")
        world.now[0] = moment(told["base_commit"]["commit"]["committer"]["date"])
        if behind:
            world.forge.push(repo, "master", "older", repo.owner, base="", sha=head + "0" * 24)
            world.mirror_commit(repo, told["base_commit"], head + "0" * 24)
            repo.branches["master"] = told["base_commit"]["sha"]
        else:
            world.mirror_commit(repo, told["base_commit"])
            for number in range(ahead):
                last = number == ahead - 1
                parent = base if number == 0 else repo.branches["head"]
                sha = head if last else ""
                world.forge.push(repo, "head", f"n{number}", repo.owner, base=parent, sha=sha)
        # Which commits and files there are in between was not recorded whole.
        loose = ("commits", "files", "parents", "author", "committer", "merge_base_commit")
        world.replay(name, caller=repo.owner, loose=loose)

    return story


# CI


def _commit_of(world: World, name: str) -> tuple[Repository, str]:
    """Push the commit that a recorded path names."""
    repo = world.repo(repo_of(name))
    sha = recorded(name)["request"]["path"].split("/commits/")[1].split("/")[0]
    world.forge.push(repo, "main", "a commit", repo.owner, sha=sha)
    return repo, sha


def statuses(name: str) -> Story:
    """Return a story that mirrors the statuses of a commit."""

    def story(world: World) -> None:
        world.mirror_account(answer(name)["repository"]["owner"])
        repo, sha = _commit_of(world, name)
        for told in answer(name)["statuses"]:
            world.now[0] = moment(told["created_at"])
            world.forge.post_status(
                repo,
                sha,
                told["state"],
                repo.owner,
                context=told["context"],
                description=told["description"] or "",
                target_url=told["target_url"] or "",
            )
        # The address of comments was another one in 2014.
        other = ("fork", "description", "gravatar_id", "issue_comment_url")
        world.replay(name, caller=repo.owner, loose=other)

    return story


def _run(repo: Repository, sha: str, run_id: int, jobs: list[JobRun], **told: Any) -> Run:
    name = told.get("name", "CI")
    file = told.get("path", "ci.yml").rpartition("/")[2]
    planned = tuple(Job(job.name) for job in jobs)
    run = Run(
        id=run_id,
        number=told.get("run_number", 1),
        workflow=Workflow(
            name=name, file=file, jobs=planned, environment=told.get("environment", "")
        ),
        sha=sha,
        branch=told.get("head_branch", "main"),
        title=told.get("display_title", "a commit"),
        actor=told.get("actor", repo.owner.id),
        jobs=jobs,
    )
    repo.runs.append(run)
    return run


def _job(told: dict[str, Any]) -> JobRun:
    """Return a job that went through what a check run tells of."""
    started = moment(told["started_at"])
    state = _STATES[told["status"], told["conclusion"]]
    steps = [Step(started, JobState.WAITING)]
    if state is not JobState.WAITING:
        steps.append(Step(started, JobState.RUNNING))
    if told["completed_at"]:
        steps.append(Step(moment(told["completed_at"]), state))
    return JobRun(told["name"], steps)


def check_runs(name: str, filler: int = 0) -> Story:
    """Return a story that mirrors a commit's check runs, and some more of them."""

    def story(world: World) -> None:
        repo, sha = _commit_of(world, name)
        repo.id = 617210
        listed = answer(name)["check_runs"]
        # A repository and a commit that the recorder's path does not name.
        elsewhere = ("url", "head_sha", "annotations_url")
        jobs = [_job(told) for told in listed]
        jobs += [_job({**listed[0], "name": f"filler {n}"}) for n in range(filler)]
        if jobs:
            _run(repo, sha, listed[0]["check_suite"]["id"], jobs)
        world.replay(name, caller=repo.owner, loose=(*_OTHER_APP, *elsewhere))

    return story


def check_suites(world: World) -> None:
    name = "085-check-suites-for-ref"
    repo, sha = _commit_of(world, name)
    told = answer(name)["check_suites"][0]
    job = JobRun("build", [Step(moment(told["created_at"]), JobState.BLOCKED)])
    _run(repo, sha, told["id"], [job], head_branch=told["head_branch"])
    other = ("app", "pull_requests", "head_commit", "before", "owner", "fork", "description")
    world.replay(name, caller=repo.owner, loose=(*other, "repository"))


def workflow_runs(world: World) -> None:
    name = "087-workflow-runs-by-head-sha"
    repo = world.repo(repo_of(name))
    listed = answer(name)["workflow_runs"]
    sha = listed[0]["head_sha"]
    world.forge.push(repo, "main", listed[0]["head_commit"]["message"], repo.owner, sha=sha)
    begun, ended = (moment(listed[-1][key]) for key in ("run_started_at", "updated_at"))
    for number in range(6):
        at = begun - timedelta(minutes=number)
        job = JobRun("older", [Step(at, JobState.RUNNING), Step(ended, JobState.SUCCESS)])
        _run(repo, sha, 100 + number, [job])
    for told in reversed(listed):
        actor = world.mirror_account(told["actor"])
        steps = [
            Step(moment(told["created_at"]), JobState.RUNNING),
            Step(moment(told["updated_at"]), JobState(told["conclusion"])),
        ]
        shown = {**told, "actor": actor.id}
        _run(repo, sha, told["id"], [JobRun("job", steps)], **shown)
    # Started by hand there, by a push here; suites and workflows have numbers of their own.
    suite = ("check_suite_id", "check_suite_node_id", "check_suite_url")
    made_up = ("event", *suite, "workflow_id", "workflow_url")
    other = ("head_commit", "owner", "description", "fork")
    world.replay(name, caller=repo.owner, loose=(*made_up, *other))


def no_workflow_run(world: World) -> None:
    repo = world.repo(repo_of("090-workflow-run-404"))
    world.replay("090-workflow-run-404", caller=repo.owner)


def jobs(world: World) -> None:
    name = "091-workflow-run-jobs"
    repo = world.repo(repo_of(name))
    listed = answer(name)["jobs"]
    sha = listed[0]["head_sha"]
    world.forge.push(repo, "main", "a commit", repo.owner, sha=sha)
    _run(repo, sha, listed[0]["run_id"], [_job(told) for told in listed])
    # The job's number is in its addresses; steps and runners are the sandbox's.
    numbered = ("url", "html_url", "check_run_url")
    runner = ("steps", "runner_id", "runner_name", "runner_group_id", "runner_group_name")
    world.replay(name, caller=repo.owner, loose=(*numbered, *runner))


def deployments(world: World) -> None:
    name = "095-deployments-list"
    repo = world.repo(repo_of(name))
    told = answer(name)[0]
    world.forge.push(repo, "main", "a commit", repo.owner, sha=told["sha"])
    job = JobRun("deploy", [Step(moment(told["created_at"]), JobState.RUNNING)])
    actor = world.mirror_account(told["creator"])
    shown = {"environment": told["environment"], "actor": actor.id}
    _run(repo, told["sha"], told["id"], [job], **shown)
    world.replay(
        name, caller=repo.owner, loose=("payload", "description", "production_environment")
    )
    # The payload's kind is its maker's: text there, an object here.
    world.found = [line for line in world.found if ".payload:" not in line]


STORIES: dict[str, Story] = {
    "064": compared("064-compare-page-1", 9),
    "065": compared("065-compare-page-2", 2),
    "066": compared("066-compare-unpaged-250", 283),
    "067": compared("067-compare-behind", 0, behind=True),
    "068": commits,
    "071": statuses("071-commit-status-none"),
    "072": statuses("072-commit-status-none-total-count"),
    "073": statuses("073-commit-status-failure"),
    "074": statuses("074-commit-status-success"),
    "075": check_runs("075-check-runs-by-name"),
    "076": check_runs("076-check-runs-page-1", 6),
    "077": check_runs("077-check-runs-none"),
    "078": check_runs("078-check-runs-queued"),
    "080": check_runs("080-check-runs-in-progress"),
    "081": check_runs("081-check-runs-failure"),
    "082": check_runs("082-check-runs-cancelled"),
    "085": check_suites,
    "087": workflow_runs,
    "090": no_workflow_run,
    "091": jobs,
    "095": deployments,
    "138": branch,
    "139": no_branch,
}
