"""GitHub's REST endpoints for labels, on repositories and issues.

Names are unique in a repository without regard to case. Recordings of ``github/``: ``030`` (one
that the repository lacks is made on the fly), ``031``, ``032`` (added again), ``033`` to ``036``
(removed), ``040``, ``041``, ``042``; that a name is taken is answered in the shape of ``043``.
"""

import re
from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.records import Issue, Label
from afk_sandbox.github.answers import ApiError, invalid
from afk_sandbox.github.call import Call
from afk_sandbox.github.shapes import label, labels

_COLOR: Final = re.compile(r"[0-9a-fA-F]{6}")
_LENGTH: Final = 50


def find_label(call: Call, name: str) -> Label | None:
    """Return the repository's label of a name, in any case."""
    wanted = name.casefold()
    return next((one for one in call.repo.labels if one.name.casefold() == wanted), None)


def named_labels(call: Call, given: Any) -> list[Label]:
    """Return the labels of the given names (or objects with one), made where there are none."""
    names = [one.get("name") if isinstance(one, dict) else one for one in given or []]
    return [_found_or_made(call, name) for name in names]


def _found_or_made(call: Call, name: object) -> Label:
    if not isinstance(name, str) or not 0 < len(name) <= _LENGTH:
        raise invalid("Label", "name", "invalid")
    return find_label(call, name) or call.model.define_label(call.repo, name)


def list_labels(call: Call) -> Response:
    """GET /repos/{o}/{r}/labels."""
    return call.listed(labels(call, call.repo.labels, call.repo))


def create_label(call: Call) -> Response:
    """POST /repos/{o}/{r}/labels."""
    call.may_write()
    name, color = call.text("name"), call.text("color") or "ededed"
    if not name:
        raise invalid("Label", "name", "missing_field")
    if not _COLOR.fullmatch(color):
        raise invalid("Label", "color", "invalid")
    if find_label(call, name) is not None:
        raise invalid("Label", "name", "already_exists")
    one = call.model.define_label(
        call.repo, name, color=color, description=call.text("description")
    )
    shown = label(call, one, call.repo)
    return call.answer(shown, 201, headers={"Location": shown["url"]})


def add_labels(call: Call) -> Response:
    """POST .../issues/{number}/labels: answers with all that are now on the issue."""
    one, caller = call.issue(), call.may_write()
    for found in named_labels(call, _given(call)):
        call.model.add_label(one, found, caller)
    return _all(call, one)


def remove_label(call: Call) -> Response:
    """DELETE .../issues/{number}/labels/{name}: answers with those that stay."""
    # An app without the permission is told so whatever it asks for (``128``).
    caller = call.may_write() if call.is_bot else None
    one, caller = call.issue(), caller or call.may_write()
    found = find_label(call, call.path("name"))
    if found is None or found not in one.labels:
        raise ApiError(404, "Label does not exist")
    call.model.remove_label(one, found, caller)
    return _all(call, one)


def _all(call: Call, one: Issue) -> Response:
    return call.answer(labels(call, one.labels, one.repo))


def _given(call: Call) -> Any:
    """Return the body's labels; the body may be a bare list."""
    return call.body if isinstance(call.body, list) else call.fields.get("labels")
