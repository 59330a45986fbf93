"""The recorded stories, third part: commits, what they close, statuses, a run from end to end."""

from typing import Any

from support.cassettes import load
from support.forgejo_stories import at, born, opened, scoped
from support.forgejo_world import Step, World


def first_commit(w: World) -> None:
    """Push the commit that the recorded comparisons start from."""
    w.forge.push(w.repo(), "main", "first", w.who("owner"), sha=commits(w)[0]["parents"][0]["sha"])
    for number in (35, 36, 37, 38, 39):
        opened(number, f"commits {number}")(w)
    opened(2, "foreign", repo="api-dep")(w)


def commits(w: World) -> list[dict[str, Any]]:
    """Return the recorded commits of the main branch, oldest first."""
    return list(reversed(w.body("137-compare")["commits"]))


def pushed(start: int, stop: int, branch: str = "main") -> Step:
    """Push some of the recorded commits, by the bot, whoever wrote them."""

    def step(w: World) -> None:
        for one in commits(w)[start:stop]:
            at(one["created"][11:19])(w)
            w.forge.push(
                w.repo(),
                branch,
                one["commit"]["message"],
                w.who("bot"),
                author=w.who(one["author"]["login"]),
                sha=one["sha"],
            )

    return step


def merged(w: World) -> None:
    """Push the side branch's commit to main, one more commit, and rewrite the side branch."""
    forge, repo, bot = w.forge, w.repo(), w.who("bot")
    forge.move_branch(repo, "main", commits(w)[4]["sha"], bot)
    pushed(5, 6)(w)  # type: ignore[operator]  # a step that is a function
    side = w.body("140-compare-diverged")["commits"][0]
    forge.push(repo, "side", "amended #39", bot, base=side["parents"][0]["sha"], sha=side["sha"])


def posted(position: int, *statuses: tuple[str, str], by: str = "bot") -> Step:
    """Post statuses (context, state) for one of the recorded commits."""

    def step(w: World) -> None:
        for context, state in statuses:
            w.forge.post_status(
                w.repo(),
                commits(w)[position]["sha"],
                state,
                w.who(by),
                context=context,
                description="d",
                target_url="http://127.0.0.1:9/run/1",
            )

    return step


def fifty_four(w: World) -> None:
    """Post 54 contexts on the newest commit, the failing one among the first."""
    posted(5, ("c", "success"))(w)  # type: ignore[operator]  # a step that is a function
    for number in range(53):
        w.forge.post_status(
            w.repo(),
            commits(w)[5]["sha"],
            "failure" if number == 0 else "success",
            w.who("bot"),
            context=f"ci/{number:02}",
        )


def pushed_work(name: str, message: str) -> Step:
    """Push what a recording pushed through the contents API, under the sha it then had."""

    def step(w: World) -> None:
        exchanges = load(f"forgejo/{w.version}/{name}")
        path = next(
            e["request"]["path"] for e in exchanges if e["request"]["path"].endswith("/status")
        )
        w.forge.push(w.repo(), "main", message, w.who("bot"), sha=path.split("/")[-2])

    return step


def lifecycle_comment(w: World) -> None:
    """Give the run record's comment the id it was recorded with."""
    path = load(f"forgejo/{w.version}/185-seq-run-lifecycle")[8]["request"]["path"]
    w.forge.ids["entry"] = int(path.rpartition("/")[2]) - 2


def thirty_ready(w: World) -> None:
    """Leave 30 ready issues, the two newest a stranger's edited ones."""
    for number in range(28):
        opened(100 + number, "older", labels=("ready-for-agent",))(w)
    for number, second in ((71, 56), (72, 58)):
        at(f"04:21:{second}")(w)
        opened(number, f"poll attack {number - 61}", by="stranger", body="nice")(w)
        w.forge.add_label(w.issue(number), "ready-for-agent", w.who("owner"))
        w.forge.edit_body(w.issue(number), w.who("stranger"), "evil")
    at("04:22:01")(w)
    opened(73, "lifecycle", body="do it")(w)


def ready_everywhere(w: World) -> None:
    """Open what the recorded search found, oldest first, as it then stood."""
    for one in reversed(w.body("128-search-with-archived")):
        repo, body = w.repo(one["repository"]["full_name"]), one["body"]
        at(one["created_at"][11:19])(w)
        opened(one["number"], one["title"], by=one["user"]["login"], repo=repo.full_name)(w)
        issue = repo.issues[one["number"]]
        issue.body, issue.branch = body, one["ref"]
        for label in one["labels"]:
            w.forge.add_label(issue, label["name"], w.who("owner"))
        for account in one["assignees"] or []:
            w.forge.assign(issue, w.who(account["login"]), w.who("owner"))
        for _ in range(one["comments"]):
            w.forge.comment(issue, w.who("writer"), "hello")
    w.forge.archive(w.repo("api-arch"))


def closed_archive(w: World) -> None:
    """Close the archived repository's issue, as was done before the later search."""
    w.forge.close(w.issue(1, "api-arch"), w.who("owner"))


STORIES: dict[str, list[Step]] = {
    "commits": [
        lambda w: w.forge.add_repository(w.who("owner"), "api-empty", workflows=()),
        "148-commits-empty-repo",
        first_commit,
        pushed(0, 4),
        "133-timeline-closed-by-commit",
        "134-timeline-commit-ref",
        pushed(4, 5, "side"),
        "135-timeline-commit-side-branch",
        merged,
        "136-timeline-foreign-commit-ref",
        "137-compare",
        "138-compare-slim",
        "139-compare-unknown-sha",
        "140-compare-diverged",
        "141-commits-not-base",
        "142-commits-paged",
        "143-commits-unknown-branch",
        "144-commits-not-unknown",
        "147-branch",
        "149-status-none",
        "150-status-unknown-sha",
        "151-status-create",
        posted(0, ("ci/test", "success")),
        "152-status-latest-wins",
        posted(0, ("ci/slow", "pending"), ("ci/lint", "failure")),
        "153-status-failure-outranks-pending",
        posted(0, ("ci/err", "error")),
        "154-status-error",
        posted(1, ("ci/warn", "warning"), ("ci/ok", "success"), ("ci/p", "pending")),
        "155-status-warning-success-pending",
        posted(2, ("ci/skip", "skipped"), ("ci/a", "success")),
        "156-status-skipped-success",
        "157-status-create-bogus",
        "158-status-create-unknown-sha",
        posted(0, ("ci/forged", "success"), by="writer"),
        fifty_four,
        "159-status-54-contexts-page-1",
        "160-status-54-contexts-page-2",
        "161-status-page-beyond-end",
        "162-statuses",
    ],
    "a keyword for a blocked issue": [
        born("127-timeline-close-keyword-blocked"),
        opened(77, "kw blocked"),
        opened(78, "kw blocker"),
        lambda w: w.forge.add_dependency(w.issue(77), w.issue(78), w.who("bot")),
        lambda w: w.forge.push(w.repo(), "main", "Closes #77", w.who("bot"), sha=blocked_sha(w)),
        "127-timeline-close-keyword-blocked",
    ],
    "a search with an archived repository": [
        ready_everywhere,
        "128-search-with-archived",
        closed_archive,
        scoped(public_only=True),
        "184-public-only-search",
    ],
    "a run from label to close": [
        thirty_ready,
        lifecycle_comment,
        *(f"185-seq-run-lifecycle#{n}" for n in range(9)),
        pushed_work("185-seq-run-lifecycle", "do it (#73)\n\nAFK-Run: 1\n"),
        *(f"185-seq-run-lifecycle#{n}" for n in range(10, 18)),
    ],
    "closed by a push, then reopened": [
        born("188-seq-closed-by-push-then-reopened#1"),
        opened(58, "closed too early"),
        born("188-seq-closed-by-push-then-reopened#2"),
        pushed_work("188-seq-closed-by-push-then-reopened", "Closes #58\n\nAFK-Run: 1\n"),
        *(f"188-seq-closed-by-push-then-reopened#{n}" for n in range(1, 7)),
    ],
}


def blocked_sha(w: World) -> str:
    """Return the sha of the commit that could not close its issue."""
    return str(w.body("127-timeline-close-keyword-blocked")[1]["ref_commit_sha"])
