"""Every request that afk can send to Forgejo."""

from collections.abc import Mapping
from typing import Final

from support.operations import Operation, Proof, Server

_NONE: Final[Mapping[int, str]] = {}
_NO_REASONS: Final[Mapping[Proof, str]] = {}
_NONE_ABSENT: Final[Mapping[str, str]] = {}
_NO_410: Final = {410: "its source has no 410 here; taken like 404"}
_TYPED: Final = "pyforgejo"
_ONLY_16: Final = "new in 16, whose description no client on PyPI is made from"


def _forgejo(
    request: str,
    *senders: str,
    told: tuple[int, ...] = (),
    unseen: Mapping[int, str] = _NONE,
    reasons: Mapping[Proof, str] = _NO_REASONS,
    absent: Mapping[str, str] = _NONE_ABSENT,
    models: str = _TYPED,
) -> Operation:
    return Operation(
        server=Server.FORGEJO,
        request=request,
        senders=tuple(f"forgejo.{one}" for one in senders),
        told=told,
        unseen=unseen,
        reasons=reasons,
        absent=absent,
        models=models,
    )


_R: Final = "/repos/{owner}/{repo}"
_I: Final = _R + "/issues/{number}"
_C: Final = _R + "/issues/comments/{id}"
_P: Final = _R + "/pulls/{number}"

_CONTRACT: Final = {Proof.CONFORMANCE: "recorded by the contract suite alone, which holds both"}

FORGEJO: Final = (
    _forgejo(
        f"GET {_R}/actions/secrets?limit&page",
        "settings.ForgejoSettings.secrets",
        reasons=_CONTRACT,
    ),
    _forgejo(
        f"PUT {_R}/actions/secrets/{{name}}",
        "settings.ForgejoSettings.set_secret",
        reasons=_CONTRACT,
    ),
    _forgejo(
        f"GET {_R}/actions/variables/{{name}}",
        "settings.ForgejoSettings.variable",
        told=(404,),
        reasons=_CONTRACT,
    ),
    _forgejo(
        f"POST {_R}/actions/variables/{{name}}",
        "settings.ForgejoSettings.set_variable",
        reasons=_CONTRACT,
    ),
    _forgejo(
        f"PUT {_R}/actions/variables/{{name}}",
        "settings.ForgejoSettings.set_variable",
        reasons=_CONTRACT,
    ),
    _forgejo(f"POST {_R}/issues", "settings.ForgejoSettings.open_issue"),
    _forgejo(
        "GET /user",
        "installation.ForgejoInstallation.token",
        "tracker.ForgejoTracker._ask_me",
        told=(403,),
    ),
    _forgejo(
        "GET /repos/search?q&sort&order&limit",
        "installation.ForgejoInstallation._search",
        reasons={Proof.CONFORMANCE: "no recording: the cassettes have it"},
    ),
    _forgejo(
        f"GET {_R}",
        "installation.ForgejoInstallation.repository",
        "tracker.ForgejoTracker._ask_repository",
        "rules.Rules._allowed",
        "boards.ForgejoBoards._visibility",
        told=(301, 307),
    ),
    _forgejo(
        "GET /repos/issues/search?owner&labels&state&type&since&limit&page",
        "pages.Pages._ask",
        "boards.ForgejoBoards._of",
        "talk.ForgejoTalk._of_owner",
        told=(400,),
    ),
    _forgejo(f"GET {_R}/issues?state&type&since&limit&page", "history.ForgejoHistory._listed"),
    _forgejo(
        f"GET {_R}/issues/comments?since&limit&page",
        "history.ForgejoHistory._ask",
        reasons={Proof.CONFORMANCE: "no recording has it; the cassettes do"},
    ),
    _forgejo(
        f"GET {_I}",
        "issues.alone",
        "issues.IssueReader._is_closed",
        told=(404, 410),
        unseen=_NO_410,
    ),
    _forgejo(
        f"GET {_I}/timeline?limit&page",
        "timeline.TimelineReader._ask",
        "closing.Closing._of",
        "pulls.ForgejoPulls._closed_by",
        told=(404, 410),
        unseen=_NO_410,
    ),
    _forgejo(f"GET {_I}/dependencies?page", "issues.IssueReader._dependencies", told=(404,)),
    _forgejo(
        f"GET {_R}/collaborators/{{login}}/permission",
        "permission.Permissions.of",
        told=(403, 404),
    ),
    _forgejo(f"GET {_R}/assignees", "permission.Permissions._ask_assignees", told=(403,)),
    _forgejo(
        f"GET {_R}/branches/{{branch}}",
        "branches.Branches.head",
        "rules.Rules._ask",
        told=(404,),
    ),
    _forgejo(f"DELETE {_R}/branches/{{branch}}", "pulls.ForgejoPulls.delete_branch"),
    _forgejo(
        f"GET {_R}/compare/{{base}}...{{branch}}?files&verification",
        "branches.Branches._compare",
        "merging.Merging._contains_base",
        told=(404, 500),
    ),
    _forgejo(
        f"GET {_R}/commits?sha&stat&files&verification&limit",
        "branches.Branches._newest",
        told=(404, 409),
    ),
    _forgejo(f"GET {_R}/commits/{{sha}}/statuses?limit&page", "checks.ForgejoChecks._statuses"),
    _forgejo(f"GET {_R}/actions/tasks?page&limit", "checks.ForgejoChecks._tasks"),
    _forgejo(
        f"GET {_R}/actions/runs?page&head_sha&run_number&limit",
        "checks.ForgejoChecks._runs",
        "evidence.ForgejoEvidence._log",
        "installation.ForgejoInstallation._page",
        told=(404,),
    ),
    _forgejo(
        f"GET {_R}/actions/runs/{{id}}/jobs",
        "evidence.ForgejoEvidence._log",
        told=(404,),
        reasons={Proof.SCHEMA: _ONLY_16},
        absent={"forgejo-11.0.15": "11 has no runs, so their jobs are not asked for"},
        models="",
    ),
    _forgejo(
        f"GET {_R}/actions/jobs/{{id}}/logs",
        "evidence.ForgejoEvidence.log_tail",
        told=(206,),
        reasons={Proof.SCHEMA: _ONLY_16},
        absent=dict.fromkeys(("forgejo-14.0.0", "forgejo-11.0.15"), "no jobs, so no logs"),
        models="",
    ),
    _forgejo(
        f"POST {_R}/pulls",
        "pulls.ForgejoPulls.may_open",
        "pulls.ForgejoPulls.open",
        told=(409, 422),
    ),
    _forgejo(f"GET {_R}/pulls?state&head&base&limit&page", "pull_lists.PullLists.page"),
    _forgejo(
        f"GET {_P}",
        "closed_by._merged",
        "closing.Closing._pull",
        "pulls.ForgejoPulls._one",
        "pulls.ForgejoPulls.update",
        told=(404, 410),
        unseen=_NO_410,
    ),
    _forgejo(f"PATCH {_P}", "pulls.ForgejoPulls._change"),
    _forgejo(f"POST {_P}/update?style", "merging.Merging.update", told=(403, 409, 422, 500)),
    _forgejo(f"POST {_P}/merge", "merging.Merging.merge", told=(404, 405, 409, 500)),
    _forgejo(f"GET {_P}/merge", "merging.Merging.merge", told=(204,)),
    _forgejo(f"GET {_P}/reviews?limit&page", "reviews.Reviews.added_to"),
    _forgejo(f"GET {_P}/reviews/{{id}}/comments", "reviews.Reviews._comments", told=(404,)),
    _forgejo(
        f"GET {_R}/labels?limit&page",
        "labels.Labels._of_repository",
        "settings.ForgejoSettings.labels",
    ),
    _forgejo("GET /orgs/{org}/labels?page", "labels.Labels._of_organisation", told=(403, 404)),
    _forgejo(f"POST {_R}/labels", "labels.Labels._create"),
    _forgejo(
        f"PATCH {_R}/labels/{{id}}",
        "labels.Labels.describe",
        "settings.ForgejoSettings.describe_label",
        reasons=_CONTRACT,
    ),
    _forgejo(f"POST {_I}/labels", "labels.Labels.change"),
    _forgejo(
        f"DELETE {_I}/labels/{{id}}",
        "installation.ForgejoInstallation.may_label",
        "labels.Labels._remove",
        told=(404, 422),
    ),
    _forgejo(
        f"POST {_I}/comments",
        "tracker.ForgejoTracker.create_comment",
        "pulls.ForgejoPulls.comment",
    ),
    _forgejo(
        f"GET {_C}",
        "tracker.ForgejoTracker.read_comment",
        told=(404,),
        reasons={Proof.CONFORMANCE: "recorded with a job's token only, which the sandbox has not"},
    ),
    _forgejo(
        f"POST {_C}/reactions",
        "talk.ForgejoTalk.react",
        reasons={Proof.CONFORMANCE: "cassettes have it; no recording to hold the sandbox to"},
    ),
    _forgejo(f"PATCH {_C}", "tracker.ForgejoTracker.edit_comment"),
    _forgejo(f"DELETE {_C}", "tracker.ForgejoTracker.delete_comment", told=(404,)),
    _forgejo(
        f"PATCH {_I}",
        "tracker.ForgejoTracker._set_state",
        "boards.ForgejoBoards.write",
        told=(412,),
    ),
    _forgejo(
        "GET {web}/{owner}/{repo}/issues/{number}/content-history/list?comment_id",
        "revisions.revisions",
        told=(404,),
        models="",
        reasons={Proof.SCHEMA: "a page for people, described nowhere"},
    ),
)
