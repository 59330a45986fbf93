"""Every request that afk can send to GitHub."""

from collections.abc import Mapping
from typing import Final

from support.operations import Operation, Proof, Server

_NONE: Final[Mapping[int, str]] = {}
_NO_REASONS: Final[Mapping[Proof, str]] = {}
_R: Final = "/repos/{owner}/{repo}"
_I: Final = _R + "/issues/{number}"
_C: Final = _R + "/issues/comments/{id}"
_P: Final = _R + "/pulls"
_PULL: Final = _P + "/{number}"


def _github(
    request: str,
    *senders: str,
    told: tuple[int, ...] = (),
    unseen: Mapping[int, str] = _NONE,
    reasons: Mapping[Proof, str] = _NO_REASONS,
    models: str = "githubkit",
) -> Operation:
    return Operation(
        server=Server.GITHUB,
        request=request,
        senders=tuple(f"github.{one}" for one in senders),
        told=told,
        unseen=unseen,
        reasons=reasons,
        models=models,
    )


_UNRECORDED: Final = "none published; recording one needs an account: held to the schema"

_TEXTS: Final = "told in public threads, which the docstring names; no recording has it"
_EVIDENCE: Final = "GitHub's alone: test_github_evidence.py asks the sandbox"
_NEVER: Final = {
    Proof.CASSETTE: "documented; no recording has it",
    Proof.CONFORMANCE: "no recording to hold it to: OpenAPI's description",
}
_WIDER: Final = "a recording asks with more in its query: adapter and sandbox are held to that"
_NO: Final = (403, 404, 409, 410, 422)
_EDITING: Final = ("pulls.GitHubPulls.close",)

GITHUB: Final = (
    _github(
        f"GET {_R}/actions/secrets?per_page", "settings.GitHubSettings.secrets", reasons=_NEVER
    ),
    _github(
        f"GET {_R}/actions/secrets/public-key",
        "settings.GitHubSettings.set_secret",
        reasons=_NEVER,
    ),
    _github(
        f"PUT {_R}/actions/secrets/{{name}}",
        "settings.GitHubSettings.set_secret",
        reasons=_NEVER,
    ),
    _github(
        f"GET {_R}/actions/variables/{{name}}",
        "settings.GitHubSettings.variable",
        told=(404,),
        unseen={404: "the description names none; no recording has it"},
        reasons=_NEVER,
    ),
    _github(f"POST {_R}/actions/variables", "settings.GitHubSettings.set_variable", reasons=_NEVER),
    _github(
        f"PATCH {_R}/actions/variables/{{name}}",
        "settings.GitHubSettings.set_variable",
        reasons=_NEVER,
    ),
    _github(f"POST {_R}/issues", "settings.GitHubSettings.open_issue"),
    _github(
        f"GET {_R}",
        "api.GitHubApi.repository",
        "installation.GitHubInstallation.repository",
        "rules.GitHubRules._settings",
        told=(301, 404),
    ),
    _github("GET /repositories/{id}", "api.GitHubApi.problem"),
    _github(
        f"GET {_R}/collaborators/{{login}}/permission",
        "tracker.GitHubTracker.permission",
        told=(403, 404),
        unseen={404: "documented; no recording has it"},
    ),
    _github(
        f"GET {_R}/branches/{{branch}}",
        "rules.GitHubRules._branch",
        "tracker.GitHubTracker.head",
        told=(404,),
    ),
    _github(
        f"GET {_R}/labels?per_page&page",
        "settings.GitHubSettings.labels",
        "installation.GitHubInstallation.labels",
        "writes.GitHubWrites.ensure_labels",
    ),
    _github(f"POST {_R}/labels", "writes.GitHubWrites._create_label", told=(422,)),
    _github(f"POST {_I}/labels", "writes.GitHubWrites.label"),
    _github(
        f"DELETE {_I}/labels/{{name}}",
        "installation.GitHubInstallation.may_label",
        "writes.GitHubWrites._remove",
        told=(404,),
    ),
    _github(f"POST {_I}/comments", "pulls.GitHubPulls.comment", "writes.GitHubWrites.comment"),
    _github(f"POST {_C}/reactions", "talk.GitHubTalk.react", reasons=_NEVER),
    _github(f"PATCH {_C}", "writes.GitHubWrites.edit_comment"),
    _github(
        f"DELETE {_C}",
        "writes.GitHubWrites.delete_comment",
        told=(404,),
        unseen={404: "the description's; no recording has it"},
    ),
    _github(f"PATCH {_I}", "writes.GitHubWrites.set_state", "boards.GitHubBoards.write"),
    _github(
        f"GET {_I}/dependencies/blocked_by?per_page&page",
        "issues.GitHubIssues._dependencies",
        told=(404,),
        unseen={404: "of a server older than the endpoint"},
        reasons={
            Proof.CASSETTE: "documented; no recording has it",
            Proof.CONFORMANCE: "no recording to hold it to",
            Proof.CONTRACT: "only asked where GraphQL is older: played in test_github_blockers.py",
        },
    ),
    _github(
        f"GET {_R}/rules/branches/{{branch}}?per_page&page",
        "rules.GitHubRules._rulesets",
        told=(403, 404),
        unseen={403: "described nowhere; like 404", 404: "of a server older than the endpoint"},
        reasons=_NEVER,
    ),
    _github(
        f"GET {_P}?state&head&per_page&page",
        "pull_pages.PullPages._told_apart",
        reasons={
            **dict.fromkeys((Proof.CASSETTE, Proof.CONFORMANCE), _WIDER),
            Proof.CONTRACT: "where forks crowd a branch's name: test_github_pull_pages.py",
        },
    ),
    _github(
        f"POST {_P}",
        "pulls.GitHubPulls._post",
        "pulls.GitHubPulls.may_open",
        "pulls.GitHubPulls.open",
        told=(403, 422),
        unseen={403: "no job's token was recorded without the leave to open any"},
    ),
    _github(f"PATCH {_PULL}", *_EDITING, reasons=_NEVER),
    _github(
        f"PUT {_PULL}/merge",
        "merging.GitHubMerging.merge",
        told=(403, 405, 409, 422),
        unseen={403: _TEXTS, 409: "the description's; no recording has it", 422: _TEXTS},
    ),
    _github(
        f"PUT {_PULL}/update-branch",
        "merging.GitHubMerging.update",
        told=(403, 422),
        unseen={403: _TEXTS},
    ),
    _github(
        f"DELETE {_R}/git/refs/heads/{{branch}}",
        "merging.GitHubMerging.delete_branch",
        told=(422,),
    ),
    _github(
        f"GET {_R}/actions/runs?head_sha&per_page",
        "evidence.GitHubEvidence.rerun_failed",
        "installation.GitHubInstallation.waiting",
        told=_NO,
        unseen=dict.fromkeys(_NO, _TEXTS),
        reasons=dict.fromkeys((Proof.CASSETTE, Proof.CONFORMANCE), _WIDER),
    ),
    _github(
        f"POST {_R}/actions/runs/{{id}}/rerun-failed-jobs",
        "evidence.GitHubEvidence.rerun_failed",
        told=_NO,
        unseen=dict.fromkeys(_NO, _TEXTS),
        reasons={**_NEVER, Proof.CONTRACT: _EVIDENCE},
    ),
    _github(
        f"GET {_R}/actions/jobs/{{id}}/logs",
        "evidence.GitHubEvidence.log_tail",
        told=(302, *_NO),
        unseen=dict.fromkeys(_NO, _TEXTS),
        reasons={Proof.CONTRACT: _EVIDENCE},
    ),
    _github(
        "GET /actions-results/{id}/logs.txt?sig",
        "blobs.tail",
        reasons={
            **_NEVER,
            Proof.CONTRACT: _EVIDENCE,
            Proof.SCHEMA: "where a log lies is described nowhere",
        },
        models="",
    ),
)


def _graphql(request: str, text: str, *senders: str, **reasons: str) -> Operation:
    return Operation(
        server=Server.GRAPHQL,
        request=request,
        senders=tuple(f"github.{one}" for one in senders),
        text=text,
        reasons={
            Proof.CASSETTE: _UNRECORDED,
            Proof.CONFORMANCE: "no recording to hold it to: the schema executes it",
            **{Proof(name): why for name, why in reasons.items()},
        },
    )


_DRAIN: Final = "api.GitHubApi.page"
_MANY: Final = "more than a test of the suite says: played in test_github_pull_pages.py"
_RARE: Final = "more than one commit of a test can have: played in test_github_checks.py"

GRAPHQL: Final = (
    _graphql("query listing", "readyLabel:", "listing.GitHubListing._ask"),
    _graphql(
        "query moved",
        "allTracked:",
        "moved._asked",
        contract="only asked of long queues: played in test_long_queues.py",
    ),
    _graphql(
        "query issues",
        r"^(?=.*\.\.\.Facts)(?=.*blockedBy)(?=.*subIssuesSummary)",
        "issues.GitHubIssues._query",
    ),
    _graphql(
        "query issues, for a server without blockedBy or subIssuesSummary",
        r"^(?=.*\.\.\.Facts)(?!.*blockedBy.*subIssuesSummary|.*subIssuesSummary.*blockedBy)",
        "issues.GitHubIssues._query",
        contract="only asked where GraphQL is older: played in test_github_blockers.py",
    ),
    _graphql(
        "query blockers", r"^(?!.*\.\.\.Facts).*issueOrPullRequest", "issues.GitHubIssues.closed"
    ),
    _graphql(
        "query VIEWER",
        r"^query Afk \{ viewer",
        "installation.GitHubInstallation.token",
        "tracker.GitHubTracker.me",
    ),
    _graphql("query SEEN", r"repositoryOwner\(", "installation.GitHubInstallation.names_like"),
    _graphql("query boards", r"board: repository|handed: issues", "boards.GitHubBoards._ask"),
    _graphql("query PAST", r"filterBy: \{since", "history.GitHubHistory._ask"),
    _graphql(
        "query COMMENT",
        r"^(?=.*on IssueComment).*node\(id: \$id\) \{ \.\.\. on IssueComment",
        "issues.GitHubIssues.comment",
    ),
    _graphql("query tips", r"^(?!.*\.\.\.Facts).*fragment Tip", "branches.GitHubBranches._ask"),
    _graphql("query checks", r"object\(oid:", "checks.GitHubChecks._asked"),
    _graphql("query ANNOTATIONS", r"annotations\(", "checks.GitHubChecks._annotated"),
    _graphql("query MORE_ISSUES", r"on Repository \{ issues\(", _DRAIN),
    _graphql("query MORE_EVENTS", r"on Issue \{ timelineItems\(", _DRAIN),
    _graphql("query MORE_COMMENTS", r"on Issue \{ comments\(", _DRAIN),
    _graphql("query MORE_HISTORY", r"on Commit \{ history\(", _DRAIN),
    _graphql("query MORE_CONTEXTS", r"on Commit \{ statusCheckRollup", _DRAIN),
    _graphql("query MORE_SUITES", r"on Commit \{ checkSuites", _DRAIN, contract=_RARE),
    _graphql("query MORE_DEPLOYMENTS", r"on Commit \{ deployments", _DRAIN, contract=_RARE),
    _graphql("mutation LABEL", r"^mutation .*addLabelsToLabelable", "writes.GitHubWrites._both"),
    _graphql("query pulls", r"^(?!.*\.\.\.Facts).*fragment Pulled", "pull_pages.PullPages._ask"),
    _graphql(
        "query standing",
        r"^query Afk\(\$ids: \[ID!\]!\) \{ nodes.*on PullRequest",
        "pull_pages.PullPages._standing",
    ),
    _graphql("query closing", r"closedByPullRequests", "pulls.GitHubPulls._closing"),
    _graphql("query holding", r"q0: repository", "merging.GitHubMerging.delete_branch"),
    _graphql("query more_reviews", r"on PullRequest \{ reviews\(", _DRAIN, contract=_MANY),
    _graphql("query MORE_THREADS", r"on PullRequest \{ reviewThreads\(", _DRAIN, contract=_MANY),
    _graphql("query MORE_REMARKS", r"\.\.\. on PullRequestReviewThread", _DRAIN, contract=_MANY),
    _graphql(
        "mutation READY",
        r"markPullRequestReadyForReview",
        "pulls.GitHubPulls.ready",
        cassette="",
        conformance="",
    ),
    _graphql(
        "mutation ENQUEUE",
        r"enqueuePullRequest",
        "merging.GitHubMerging._enqueue",
        contract="Forgejo has no merge queue: played in test_github_merging.py",
    ),
)
