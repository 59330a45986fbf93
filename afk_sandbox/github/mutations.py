"""The mutations that afk sends, by node ids.

Labels on and off an issue, a draft made ready, a pull request put into a merge queue.
The fields of one mutation run in order, and a failed one does not stop the next. Refusals have
the shape of ``github/143``; who may not is told so as an app or as a user is.
"""

from collections.abc import Sequence
from typing import Any, Final

from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.records import Access, Account, Issue
from afk_sandbox.github.connection import Refusal
from afk_sandbox.github.graphql_values import Info
from afk_sandbox.github.merge_state import refusal_text
from afk_sandbox.github.nodes import Asker, LabelOf, Table, find, no_node


def _add(source: object, info: Info, **args: Any) -> dict[str, Any]:
    del source
    asker, given = info.context, args["input"]
    issue, caller = _writable(asker, given["labelableId"], info.field_name)
    for found in _labels(asker, given["labelIds"]):
        asker.model.add_label(issue, found.label, caller)
    return {"clientMutationId": given.get("clientMutationId"), "labelable": issue}


def _remove(source: object, info: Info, **args: Any) -> dict[str, Any]:
    del source
    asker, given = info.context, args["input"]
    issue, caller = _writable(asker, given["labelableId"], info.field_name)
    for found in _labels(asker, given["labelIds"]):
        asker.model.remove_label(issue, found.label, caller)
    return {"clientMutationId": given.get("clientMutationId"), "labelable": issue}


def _writable(asker: Asker, node: str, mutation: str) -> tuple[Issue, Account]:
    """Return the issue and the caller, if they may label it."""
    issue, caller = find(asker, node), asker.caller
    if not isinstance(issue, Issue) or caller is None:
        raise no_node(node)
    if asker.rights(issue.repo) < Access.WRITE:
        name = mutation[0].upper() + mutation[1:]
        text = f"{caller.login} does not have the correct permissions to execute `{name}`"
        raise Refusal(
            "FORBIDDEN", "Resource not accessible by integration" if asker.is_bot else text
        )
    if issue.repo.archived_at is not None:
        raise Refusal("UNPROCESSABLE", "Repository was archived so is read-only.")
    return issue, caller


def _labels(asker: Asker, nodes: Sequence[str]) -> list[LabelOf]:
    """Return the labels of node ids, all of them or none."""
    found = [(node, find(asker, node)) for node in nodes]
    for node, one in found:
        if not isinstance(one, LabelOf):
            raise no_node(node)
    return [one for _, one in found]


def _ready(source: object, info: Info, **args: Any) -> dict[str, Any]:
    """Make a draft ready, for its author and for writers (``github/144``)."""
    del source
    given = args["input"]
    pull, caller = _pull(info, given["pullRequestId"])
    info.context.model.set_draft(pull, caller, draft=False)
    return {"clientMutationId": given.get("clientMutationId"), "pullRequest": pull.issue}


def _enqueue(source: object, info: Info, **args: Any) -> dict[str, Any]:
    """Put a pull request into its base's merge queue; refusals in REST's words for a merge."""
    del source
    given, model = args["input"], info.context.model
    pull, caller = _pull(info, given["pullRequestId"])
    try:
        entry = model.enqueue(pull, caller, head=given.get("expectedHeadOid") or "")
    except MergeRefused as refused:
        raise Refusal("UNPROCESSABLE", refusal_text(model, pull, refused)) from None
    return {"clientMutationId": given.get("clientMutationId"), "mergeQueueEntry": entry}


def _pull(info: Info, node: str) -> tuple[Pull, Account]:
    """Return the pull request and the caller, if they may write."""
    issue, caller = _writable(info.context, node, info.field_name)
    if issue.pull is None:
        raise no_node(node)
    return issue.pull, caller


TABLE: Final[Table] = {
    "addLabelsToLabelable": _add,
    "removeLabelsFromLabelable": _remove,
    "markPullRequestReadyForReview": _ready,
    "enqueuePullRequest": _enqueue,
}
