"""Every request that afk can send, by server.

A test holds the senders to the adapters' code: a function that sends and is not named here, or is
named and does not send, fails it. Empty columns have their reasons here.
"""

from collections.abc import Mapping
from typing import Final

from support.operations import Operation, Proof, Server

_NONE: Final[Mapping[int, str]] = {}
_NO_410: Final = {410: "its source has no 410 here; taken like 404"}

# Forgejo

_NO_REASONS: Final[Mapping[Proof, str]] = {}
_TYPED: Final = "pyforgejo"


def _forgejo(
    request: str,
    *senders: str,
    told: tuple[int, ...] = (),
    unseen: Mapping[int, str] = _NONE,
    reasons: Mapping[Proof, str] = _NO_REASONS,
    models: str = _TYPED,
) -> Operation:
    return Operation(
        server=Server.FORGEJO,
        request=request,
        senders=tuple(f"forgejo_{one}" for one in senders),
        told=told,
        unseen=unseen,
        reasons=reasons,
        models=models,
    )


_R: Final = "/repos/{owner}/{repo}"
_I: Final = _R + "/issues/{number}"
_C: Final = _R + "/issues/comments/{id}"

FORGEJO: Final = (
    _forgejo("GET /user", "tracker.ForgejoTracker._ask_me", told=(403,)),
    _forgejo(f"GET {_R}", "tracker.ForgejoTracker._ask_repository", told=(301, 307)),
    _forgejo(
        "GET /repos/issues/search?owner&labels&state&type&limit&page",
        "listing.Search._ask",
        told=(400,),
    ),
    _forgejo(
        f"GET {_I}",
        "reading.IssueReader.item",
        "reading.IssueReader._is_closed",
        told=(404, 410),
        unseen=_NO_410,
    ),
    _forgejo(
        f"GET {_I}/timeline",
        "reading.IssueReader._timeline",
        told=(404, 410),
        unseen=_NO_410,
    ),
    _forgejo(f"GET {_I}/dependencies?page", "reading.IssueReader._dependencies", told=(404,)),
    _forgejo(
        f"GET {_R}/collaborators/{{login}}/permission",
        "permission.Permissions.of",
        told=(403, 404),
    ),
    _forgejo(f"GET {_R}/assignees", "permission.Permissions._by_assignees", told=(403,)),
    _forgejo(f"GET {_R}/branches/{{branch}}", "branches.Branches.head", told=(404,)),
    _forgejo(
        f"GET {_R}/compare/{{base}}...{{branch}}?files&verification",
        "branches.Branches._beyond",
        told=(404, 500),
    ),
    _forgejo(
        f"GET {_R}/commits?sha&stat&files&verification&limit",
        "branches.Branches._newest",
        told=(404, 409),
    ),
    _forgejo(f"GET {_R}/commits/{{sha}}/status?limit&page", "checks.ForgejoChecks._statuses"),
    _forgejo(
        f"GET {_R}/actions/runs?page&head_sha&limit",
        "checks.ForgejoChecks._all_ended",
        told=(404,),
    ),
    _forgejo(f"GET {_R}/labels?limit&page", "labels.Labels._of_repository"),
    _forgejo("GET /orgs/{org}/labels?page", "labels.Labels._of_organisation", told=(403, 404)),
    _forgejo(f"POST {_R}/labels", "labels.Labels._create"),
    _forgejo(f"POST {_I}/labels", "labels.Labels.change"),
    _forgejo(f"DELETE {_I}/labels/{{id}}", "labels.Labels._remove", told=(404, 422)),
    _forgejo(f"POST {_I}/comments", "tracker.ForgejoTracker.create_comment"),
    _forgejo(f"GET {_C}", "tracker.ForgejoTracker.read_comment", told=(404,)),
    _forgejo(f"PATCH {_C}", "tracker.ForgejoTracker.edit_comment"),
    _forgejo(f"DELETE {_C}", "tracker.ForgejoTracker.delete_comment", told=(404,)),
    _forgejo(f"PATCH {_I}", "tracker.ForgejoTracker._set_state", told=(412,)),
    _forgejo(
        "GET {web}/{owner}/{repo}/issues/{number}/content-history/list?comment_id",
        "tracker.ForgejoTracker.body_edits",
        told=(404,),
        models="",
        reasons={Proof.SCHEMA: "a page for people, described nowhere"},
    ),
)

# GitHub


def _github(
    request: str,
    *senders: str,
    told: tuple[int, ...] = (),
    unseen: Mapping[int, str] = _NONE,
    reasons: Mapping[Proof, str] = _NO_REASONS,
) -> Operation:
    return Operation(
        server=Server.GITHUB,
        request=request,
        senders=tuple(f"github_{one}" for one in senders),
        told=told,
        unseen=unseen,
        reasons=reasons,
        models="githubkit",
    )


_UNRECORDED: Final = "none published; recording one needs an account: held to the schema"

GITHUB: Final = (
    _github(f"GET {_R}", "api.GitHubApi.repository", told=(301, 404)),
    _github("GET /repositories/{id}", "api.GitHubApi.problem"),
    _github(
        f"GET {_R}/collaborators/{{login}}/permission",
        "tracker.GitHubTracker.permission",
        told=(403, 404),
        unseen={404: "documented; no recording has it"},
    ),
    _github(f"GET {_R}/branches/{{branch}}", "tracker.GitHubTracker.head", told=(404,)),
    _github(f"GET {_R}/labels?per_page&page", "writes.GitHubWrites.ensure_labels"),
    _github(f"POST {_R}/labels", "writes.GitHubWrites._create_label", told=(422,)),
    _github(f"POST {_I}/labels", "writes.GitHubWrites.label"),
    _github(f"DELETE {_I}/labels/{{name}}", "writes.GitHubWrites._remove", told=(404,)),
    _github(f"POST {_I}/comments", "writes.GitHubWrites.comment"),
    _github(f"PATCH {_C}", "writes.GitHubWrites.edit_comment"),
    _github(
        f"DELETE {_C}",
        "writes.GitHubWrites.delete_comment",
        told=(404,),
        unseen={404: "the description's; no recording has it"},
    ),
    _github(f"PATCH {_I}", "writes.GitHubWrites.set_state"),
    _github(
        f"GET {_I}/dependencies/blocked_by?per_page&page",
        "issues.GitHubIssues._dependencies",
        told=(404,),
        unseen={404: "of a server older than the endpoint"},
    ),
)


def _graphql(request: str, text: str, *senders: str, **reasons: str) -> Operation:
    return Operation(
        server=Server.GRAPHQL,
        request=request,
        senders=tuple(f"github_{one}" for one in senders),
        text=text,
        reasons={
            Proof.CASSETTE: _UNRECORDED,
            Proof.CONFORMANCE: "no recording to hold it to: the schema executes it",
            **{Proof(name): why for name, why in reasons.items()},
        },
    )


_DRAIN: Final = "api.GitHubApi.page"

GRAPHQL: Final = (
    _graphql("query listing", "readyLabel:", "listing.GitHubListing._ask"),
    _graphql(
        "query issues",
        r"^(?=.*\.\.\.Facts)(?=.*blockedBy)(?=.*subIssuesSummary)",
        "issues.GitHubIssues._query",
    ),
    _graphql(
        "query issues, for a server without blockedBy or subIssuesSummary",
        r"^(?=.*\.\.\.Facts)(?!.*blockedBy.*subIssuesSummary|.*subIssuesSummary.*blockedBy)",
        "issues.GitHubIssues._query",
        contract="an older server: tests/adapters/test_github_issues.py plays one",
    ),
    _graphql(
        "query blockers", r"^(?!.*\.\.\.Facts).*issueOrPullRequest", "issues.GitHubIssues._look_up"
    ),
    _graphql("query VIEWER", r"^query Afk \{ viewer", "tracker.GitHubTracker.me"),
    _graphql(
        "query COMMENT",
        r"^(?=.*on IssueComment).*node\(id: \$id\) \{ \.\.\. on IssueComment",
        "issues.GitHubIssues.comment",
    ),
    _graphql("query tips", r"^(?!.*\.\.\.Facts).*fragment Tip", "branches.GitHubBranches._ask"),
    _graphql("query checks", r"object\(oid:", "checks.GitHubChecks._ask"),
    _graphql("query ANNOTATIONS", r"annotations\(", "checks.GitHubChecks._lost"),
    _graphql("query MORE_ISSUES", r"on Repository \{ issues\(", _DRAIN),
    _graphql("query MORE_EVENTS", r"on Issue \{ timelineItems\(", _DRAIN),
    _graphql("query MORE_COMMENTS", r"on Issue \{ comments\(", _DRAIN),
    _graphql("query MORE_HISTORY", r"on Commit \{ history\(", _DRAIN),
    _graphql("query MORE_CONTEXTS", r"on Commit \{ statusCheckRollup", _DRAIN),
    _graphql("query MORE_SUITES", r"on Commit \{ checkSuites", _DRAIN),
    _graphql("query MORE_DEPLOYMENTS", r"on Commit \{ deployments", _DRAIN),
    _graphql("mutation LABEL", r"^mutation Afk", "writes.GitHubWrites._both"),
)

# T3 Code

_NO_SCHEMA: Final = "it publishes no description; recorded 400s show what it refuses"
_ROUTES_MISSING: Final = {404: "of a release without the route; none could be had"}


def _t3(
    request: str,
    *senders: str,
    told: tuple[int, ...] = (),
    unseen: Mapping[int, str] = _NONE,
    reasons: Mapping[Proof, str] = _NO_REASONS,
) -> Operation:
    return Operation(
        server=Server.T3,
        request=request,
        senders=tuple(f"t3_client.T3Client.{one}" for one in senders),
        told=told,
        unseen=unseen,
        reasons={Proof.SCHEMA: _NO_SCHEMA, **reasons},
    )


def _command(kind: str, method: str, *told: int) -> Operation:
    return _t3(f"POST /api/orchestration/dispatch + {kind}", method, told=told)


T3: Final = (
    _t3("GET /.well-known/t3/environment", "_environment_id"),
    _t3("GET /api/orchestration/shell", "_overview"),
    _t3("GET /api/orchestration/snapshot", "_overview", "_snapshot"),
    _t3("GET /api/orchestration/threads/{thread}", "detail", told=(404,)),
    _command("project.create", "create_project"),
    _command("thread.create", "create_thread", 500),
    _command("thread.turn.start", "start_turn", 500),
    _command("thread.session.stop", "stop"),
    _command("thread.archive", "set_archived"),
    _command("thread.unarchive", "set_archived"),
    _command("thread.approval.respond", "answer"),
    _command("thread.user-input.respond", "answer"),
    _command("thread.delete", "delete_thread"),
)

# The rest

_OUTSIDE: Final = "no double of it: tests/adapters/test_notifier*.py ask with what it documents"
_ANYBODY: Final = "anybody's server: only the status is read"

OTHERS: Final = (
    Operation(
        server=Server.SLACK,
        request="POST {address}",
        senders=("notifier.Doorbell.ring",),
        reasons={
            Proof.CASSETTE: "needs a workspace of one's own",
            Proof.CONFORMANCE: _OUTSIDE,
            Proof.CONTRACT: "one message, no answer but a status",
            Proof.SCHEMA: "described in words only; linked in afk/adapters/notifier.py",
        },
    ),
    Operation(
        server=Server.NTFY,
        request="POST {folder}",
        senders=("notifier.Doorbell.ring",),
        reasons={
            Proof.CONFORMANCE: _OUTSIDE,
            Proof.CONTRACT: "one message, no answer but a status",
            Proof.SCHEMA: "described in words only; linked in afk/adapters/notifier.py",
        },
    ),
    Operation(
        server=Server.WEBHOOK,
        request="POST {address}",
        senders=("notifier.Doorbell.ring",),
        reasons={
            Proof.CASSETTE: _ANYBODY,
            Proof.CONFORMANCE: _ANYBODY,
            Proof.CONTRACT: "one message, no answer but a status",
            Proof.SCHEMA: "afk's own form",
        },
    ),
    Operation(
        server=Server.PROBE,
        request="GET {address}",
        senders=("ci_watcher.HttpProbe.__call__",),
        reasons={
            Proof.CASSETTE: "anybody's page: only the sha in it is looked for",
            Proof.CONFORMANCE: "anybody's page",
            Proof.CONTRACT: "tests/loops and the demo ask one on loopback",
            Proof.SCHEMA: "anybody's page",
        },
    ),
)

OPERATIONS: Final = (*FORGEJO, *GITHUB, *GRAPHQL, *T3, *OTHERS)
