"""The mutations that afk sends: labels on and off an issue, by node ids.

The fields of one mutation run in order, and a failed one does not stop the next. Refusals have
the shape of ``github/143``; who may not is told so as an app or as a user is.
"""

from collections.abc import Sequence
from typing import Any, Final

from afk_sandbox.forge.records import Access, Account, Issue
from afk_sandbox.github.connection import Refusal
from afk_sandbox.github.nodes import Asker, Info, LabelOf, Table, find, no_node


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


TABLE: Final[Table] = {"addLabelsToLabelable": _add, "removeLabelsFromLabelable": _remove}
