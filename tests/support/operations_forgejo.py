"""Every request that afk can send to Forgejo."""

from collections.abc import Mapping
from typing import Final

from support.operations import Operation, Proof, Server

_NONE: Final[Mapping[int, str]] = {}
_NO_REASONS: Final[Mapping[Proof, str]] = {}
_NO_410: Final = {410: "its source has no 410 here; taken like 404"}
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
        senders=tuple(f"forgejo.{one}" for one in senders),
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
        "issues.IssueReader.item",
        "issues.IssueReader._is_closed",
        told=(404, 410),
        unseen=_NO_410,
    ),
    _forgejo(
        f"GET {_I}/timeline?limit&page",
        "timeline.TimelineReader._ask",
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
    _forgejo(f"GET {_R}/commits/{{sha}}/statuses?limit&page", "checks.ForgejoChecks._statuses"),
    _forgejo(f"GET {_R}/actions/tasks?page&limit", "checks.ForgejoChecks._tasks"),
    _forgejo(
        f"GET {_R}/actions/runs?page&head_sha&limit",
        "checks.ForgejoChecks._runs",
        told=(404,),
    ),
    _forgejo(
        f"GET {_R}/pulls/{{number}}",
        "closing._merged",
        reasons=dict.fromkeys(
            (Proof.CONFORMANCE, Proof.CONTRACT, Proof.SCHEMA),
            "the contract suite merges nothing; a recording is replayed",
        ),
        models="",
    ),
    _forgejo(f"GET {_R}/labels?limit&page", "labels.Labels._of_repository"),
    _forgejo("GET /orgs/{org}/labels?page", "labels.Labels._of_organisation", told=(403, 404)),
    _forgejo(f"POST {_R}/labels", "labels.Labels._create"),
    _forgejo(
        f"PATCH {_R}/labels/{{id}}",
        "labels.Labels.describe",
        reasons=dict.fromkeys(Proof, "its source's; no recording and no cassette has it"),
        models="",
    ),
    _forgejo(f"POST {_I}/labels", "labels.Labels.change"),
    _forgejo(f"DELETE {_I}/labels/{{id}}", "labels.Labels._remove", told=(422,)),
    _forgejo(f"POST {_I}/comments", "tracker.ForgejoTracker.create_comment"),
    _forgejo(
        f"GET {_C}",
        "tracker.ForgejoTracker.read_comment",
        told=(404,),
        reasons={Proof.CONFORMANCE: "recorded with a job's token only, which the sandbox has not"},
    ),
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
