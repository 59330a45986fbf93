"""GitHub's REST endpoint for what rulesets demand of a branch; classic protection is not in it.

Not recorded: OpenAPI's ``repos/get-branch-rules``. Whoever may read may ask; the branch need not be
there.
"""

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from afk_sandbox.forge.rules_of_branches import Protection, Queue
from afk_sandbox.github.call import Call


def get_branch_rules(call: Call) -> Response:
    """GET /repos/{o}/{r}/rules/branches/{branch}."""
    found = call.model.protections(call.repo, call.path("branch"))
    source = {
        "ruleset_source_type": "Repository",
        "ruleset_source": call.repo.full_name,
    }
    return call.listed(
        [
            {"type": kind, **source, "ruleset_id": number, **parameters}
            for number, rule in enumerate(found, 1)
            if rule.ruleset
            for kind, parameters in _rules(rule)
        ]
    )


def _rules(rule: Protection) -> Iterator[tuple[str, dict[str, Any]]]:
    if rule.required or rule.up_to_date:
        checks = [{"context": name} for name in rule.required]
        yield (
            "required_status_checks",
            _with(
                strict_required_status_checks_policy=rule.up_to_date,
                do_not_enforce_on_create=False,
                required_status_checks=checks,
            ),
        )
    if rule.approvals or rule.methods is not None or rule.resolved or rule.push is not None:
        methods = rule.methods
        names = [one for one in ("merge", "squash", "rebase") if methods and one in methods]
        named = {"allowed_merge_methods": names} if names else {}
        yield (
            "pull_request",
            _with(
                required_approving_review_count=rule.approvals,
                dismiss_stale_reviews_on_push=rule.dismisses_stale,
                require_code_owner_review=False,
                require_last_push_approval=rule.last_push,
                required_review_thread_resolution=rule.resolved,
                **named,
            ),
        )
    if rule.linear:
        yield "required_linear_history", {}
    if rule.queue is not None:
        yield "merge_queue", _queue(rule.queue)


def _queue(queue: Queue) -> dict[str, Any]:
    return _with(
        check_response_timeout_minutes=max(int(queue.seconds // 60), 1),
        grouping_strategy="ALLGREEN",
        max_entries_to_build=5,
        max_entries_to_merge=5,
        merge_method=queue.method.value.upper(),
        min_entries_to_merge=1,
        min_entries_to_merge_wait_minutes=5,
    )


def _with(**parameters: Any) -> dict[str, Any]:
    return {"parameters": parameters}
