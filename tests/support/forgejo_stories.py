"""What happened on the recorded Forgejo servers, told in stories: issues, labels, people.

A story is a list of steps. A text is a recording to replay (``#n``: only its n-th exchange), a
function is what was done in between and not recorded. Each story starts from the same world.
"""

from collections.abc import Callable

from support.forgejo_world import Step, World

MAIN = "/repos/owner/api-main"


def opened(
    number: int,
    title: str,
    *,
    by: str = "owner",
    repo: str = "api-main",
    labels: tuple[str, ...] = (),
    body: str = "text",
    pull: bool = False,
) -> Callable[[World], None]:
    """Open an issue under a given number."""

    def step(w: World) -> None:
        where = w.repo(repo)
        where.next_number = number
        w.forge.open_issue(where, title, w.who(by), body, labels=labels, is_pull=pull)

    return step


def done(method: str, path: str, body: object = None, *, by: str = "owner") -> Step:
    """Send a request that was not recorded; it must succeed."""

    def step(w: World) -> None:
        answer = w.send(by, method, path, body)
        assert answer.is_success, (method, path, answer.status_code, answer.text)

    return step


def scoped(*scopes: str, public_only: bool = False) -> Callable[[World], None]:
    """Give the bot a token of certain scopes."""

    def step(w: World) -> None:
        w.tokens["bot"] = w.forge.token_for(
            w.who("bot"), scopes=scopes or ("all",), public_only=public_only
        )

    return step


def at(time: str) -> Callable[[World], None]:
    """Set the clock to a time of the day of the recordings."""

    def step(w: World) -> None:
        hour, minute, second = (int(part) for part in time.split(":"))
        w.now[0] = w.now[0].replace(hour=hour, minute=minute, second=second, microsecond=0)

    return step


def born(name: str, key: str = "created_at") -> Callable[[World], None]:
    """Set the clock to when the (first) thing in a recording's answer was created."""

    def step(w: World) -> None:
        body = w.body(name)
        first = body[0] if isinstance(body, list) else body
        at(first[key][11:19])(w)

    return step


def seeded(w: World) -> None:
    """Open the issues that were there when the first lists were recorded."""
    opened(1, "t1b", by="writer", repo="act-ev", body="body two")(w)
    w.forge.assign(w.issue(1, "act-ev"), w.who("writer"), w.who("owner"))
    w.forge.comment(w.issue(1, "act-ev"), w.who("writer"), "hello")
    born("015-list-ready")(w)
    opened(1, "only ready", labels=("ready-for-agent",))(w)
    opened(2, "ready and bug", labels=("ready-for-agent", "bug"))(w)
    opened(3, "only bug", labels=("bug",))(w)
    opened(4, "no label")(w)
    opened(5, "closed ready", labels=("ready-for-agent",))(w)
    w.forge.close(w.issue(5), w.who("owner"))
    born("018-list-all-types")(w)
    opened(6, "PR with ready label", labels=("ready-for-agent",), body="", pull=True)(w)
    born("030-list-org-label")(w)
    for repo, number, title in (
        ("api-org1", 1, "org label issue"),
        ("api-org2", 1, "org label in org2"),
        ("api-org2", 2, "repo label in org2"),
        ("api-org2", 3, "both in org2"),
    ):
        opened(number, title, repo=repo)(w)
        org, own = [*w.repo(repo).owner.labels, *w.repo(repo).labels, None][:2]
        for label in (org, own):
            if label and (label is org) is not (number == 2):
                w.forge.add_label(w.issue(number, repo), label, w.who("owner"))
    w.forge.add_label(w.issue(3, "api-org2"), w.repo("api-org2").labels[0], w.who("owner"))
    born("024-search-owner-ready")(w)
    opened(1, "private ready", repo="api-priv", labels=("ready-for-agent",))(w)


def pushed_once(w: World) -> None:
    """Give every repository its first commit."""
    for repo in w.forge.repositories:
        w.forge.push(repo, "main", "Initial commit", w.who("owner"))


def bad_token(w: World) -> None:
    """Give the bot a token that nobody knows."""
    w.tokens["bot"] = "0000"


def many_open(w: World) -> None:
    """Leave 35 issues open, the newest one the bot's."""
    for number in range(11, 45):
        opened(number, f"issue {number}")(w)
    at("04:14:43")(w)
    opened(45, "by scope", by="bot", body="")(w)


def many_repositories(w: World) -> None:
    """Make 100 repositories with ten issues each, every other one ready, and some more."""
    owner, total = w.who("owner"), w.header("033-search-many-page-3", "X-Total-Count")
    w.forge.ids["repository"] = 23
    for number in range(int(total) - 517):
        opened(200 + number, "before", labels=("ready-for-agent",))(w)
    at("04:20:36")(w)
    for number in range(100):
        repo = w.forge.add_repository(owner, f"api-p{number:03}", workflows=())
        w.forge.ids["label"] = 61 + number
        w.forge.define_label(repo, "ready-for-agent", color="00ff00")
        for index in range(10):
            labels = () if index % 2 else ("ready-for-agent",)
            w.forge.open_issue(repo, f"perf {number}.{index}", owner, "lorem " * 40, labels=labels)
    at("04:21:58")(w)
    for number in range(17):
        opened(300 + number, "after", labels=("ready-for-agent",))(w)


STORIES: dict[str, list[Step]] = {
    "the server": [
        "001-version-anonymous",
        "003-user-self",
        "005-no-token",
        "006-private-issues-stranger",
        "007-no-such-repo",
        "008-no-such-endpoint",
        "009-no-such-issue",
        "010-gzip",
        "011-conditional-ignored",
        "012-validation-422",
        pushed_once,
        "013-repo",
        bad_token,
        "004-bad-token",
    ],
    "an empty token": [many_open, "014-empty-token"],
    "lists and search": [
        seeded,
        "015-list-ready",
        "016-list-unknown-label",
        "017-list-two-labels",
        "018-list-all-types",
        "019-list-limit-100",
        "020-list-page-2",
        "021-list-page-beyond-end",
        "022-list-nothing-matches",
        "024-search-owner-ready",
        "025-search-unknown-label",
        "026-search-two-labels",
        "027-search-no-owner",
        "028-search-unknown-owner",
        "029-search-org",
        "030-list-org-label",
        "031-list-org-and-repo-label",
    ],
    "a search over many repositories": [many_repositories, "033-search-many-page-3"],
    "closed since": [
        opened(74, "closed long ago"),
        done("PATCH", f"{MAIN}/issues/74", {"state": "closed"}),
        born("034-search-closed-since"),
        opened(75, "since check"),
        born("034-search-closed-since", "closed_at"),
        done("PATCH", f"{MAIN}/issues/75", {"state": "closed"}),
        "034-search-closed-since",
    ],
    "labels on one issue": [
        born("038-timeline-label-added"),
        opened(7, "timeline subject", body="new body"),
        "035-timeline-empty",
        "036-comments-empty",
        "037-labels-add-by-name",
        "038-timeline-label-added",
        done("POST", f"{MAIN}/issues/7/labels", {"labels": ["ready-for-agent"]}),
        "039-timeline-after-repeated-add",
        lambda w: (
            w.forge.remove_label(w.issue(7), "ready-for-agent", w.who("writer"))
            if w.version.startswith("11")
            else None
        ),
        "040-label-remove-by-name",
        "041-label-remove-by-id",
        "042-label-remove-unknown-name",
        "043-timeline-label-removed",
        done("POST", f"{MAIN}/issues/7/labels", {"labels": [9]}, by="bot"),
        "044-label-remove-accept-github",
        done("POST", f"{MAIN}/issues/7/labels", {"labels": ["afk/ready"]}, by="writer"),
        "045-label-add-exclusive",
        "046-label-create",
        done("POST", f"{MAIN}/issues/7/labels", {"labels": ["doomed"]}),
        lambda w: w.forge.delete_label(w.repo().labels[-1]),
        "047-timeline-full",
        "048-timeline-page-1",
        "049-labels-add-unknown-name",
        "050-labels-add-mixed",
        "051-labels-add-without-write",
        born("038-timeline-label-added"),
        done("POST", f"{MAIN}/issues/7/labels", {"labels": ["bug"]}),
        done("POST", f"{MAIN}/issues/7/labels", {"labels": ["priority:1"]}),
        lambda w: w.forge.set_labels(
            w.issue(7), [one for one in w.repo().labels if one.id in (6, 7)], w.who("bot")
        ),
        lambda w: w.forge.set_labels(w.issue(7), [], w.who("bot")),
        at("04:04:08"),
        lambda w: w.forge.define_label(w.repo(), "twin", color="#111111"),
        "054-label-create-duplicate",
        "055-labels-add-duplicate-name",
        "056-labels-list",
        "057-org-labels-list",
        done("DELETE", f"{MAIN}/issues/7/labels/44"),
        done("DELETE", f"{MAIN}/issues/7/labels/45"),
        done("POST", f"{MAIN}/issues/7/labels", {"labels": [45]}),
        at("04:04:09"),
        done("PATCH", f"{MAIN}/issues/7", {"title": "timeline subject renamed"}),
        "059-timeline-change-title",
        at("04:16:33"),
        opened(46, "one of the twins"),
        done("POST", f"{MAIN}/issues/46/labels", {"labels": [45]}),
        "023-list-duplicate-label-name",
        "032-search-duplicate-label-name",
    ],
    "a label named like an id": [
        opened(48, "numeric"),
        lambda w: w.forge.ids.update(label=56),
        lambda w: w.forge.define_label(w.repo(), "9", color="aaaaaa"),
        done("POST", f"{MAIN}/issues/48/labels", {"labels": [9, 57]}),
        done("DELETE", f"{MAIN}/issues/48/labels/9"),
        "052-label-delete-numeric-name",
    ],
    "labels of a reader and of an organisation": [
        lambda w: setattr(w.repo(), "next_number", 9),
        "053-issue-create-reader-with-labels",
        opened(5, "by name", repo="api-org2"),
        "058-labels-add-org-and-repo-label",
    ],
    "a label renamed and deleted": [
        born("061-timeline-label-renamed"),
        opened(47, "renamed"),
        lambda w: w.forge.ids.update(label=55),
        lambda w: w.forge.define_label(w.repo(), "harmless", color="#aaaaaa"),
        done("POST", f"{MAIN}/issues/47/labels", {"labels": ["harmless"]}, by="writer"),
        lambda w: w.forge.rename_label(w.repo().labels[-1], "ready-renamed"),
        "061-timeline-label-renamed",
        lambda w: w.forge.delete_label(w.repo().labels[-1]),
        "062-timeline-label-deleted",
    ],
    "exclusive labels": [
        born("186-seq-scoped-labels#3"),
        opened(55, "lifecycle scoped", body="do it"),
        "186-seq-scoped-labels",
    ],
}
