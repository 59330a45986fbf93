"""Protocol 2's socket: frames of Effect RPC in, one answer a call out.

As recorded in ``tests/recordings/t3/v2-0.0.33``: 09 (who gets in), 22 (frames that are none), 08
(scopes), 20 to 23, 31 (what a refusal looks like). Calls: ``server.probe``, ``server.getConfig``,
``orchestration.dispatchCommand``, ``projects.mutate``; anything else is an unknown tag.
"""

import json
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from afk_sandbox.t3.commands import Malformed
from afk_sandbox.t3.decider import Invalid, Rejected
from afk_sandbox.t3.model import T3Model, Token
from afk_sandbox.t3.state import Json

READ, OPERATE = "orchestration:read", "orchestration:operate"
_SCOPES: Final = {
    "server.getConfig": READ,
    "orchestration.dispatchCommand": OPERATE,
    "projects.mutate": OPERATE,
}


async def serve(model: T3Model, socket: WebSocket, session: Token) -> None:
    """Answer the frames of one socket until it is closed."""
    await socket.accept()
    try:
        while True:
            text = await socket.receive_text()
            answers = frames(model, text, session)
            if answers is None:
                await socket.close(1000)
                return
            for one in answers:
                await socket.send_text(json.dumps(one))
    except WebSocketDisconnect:
        return


def frames(model: T3Model, text: str, session: Token) -> list[Json] | None:
    """Return what a frame is answered with; None: the server hangs up (22, no-headers)."""
    try:
        data = json.loads(text)
    except ValueError as error:
        return [_defect("SyntaxError", str(error))]
    answers: list[Json] = []
    for one in data if isinstance(data, list) else [data]:
        tag = one.get("_tag") if isinstance(one, dict) else None
        if tag == "Ping":
            answers.append({"_tag": "Pong"})
        elif tag == "Request":
            if "headers" not in one:
                return None
            ended = _call(model, one, session)
            answers.append({"_tag": "Exit", "requestId": one.get("id"), "exit": ended})
        elif tag not in ("Ack", "Interrupt"):
            answers.append(_defect("Error", f"Unknown message tag: {tag}"))
    return answers


def _call(model: T3Model, one: Json, session: Token) -> Json:
    tag, payload = one.get("tag"), one.get("payload")
    if not isinstance(payload, dict):
        return _die("Expected object | array")
    scope = _SCOPES.get(str(tag))
    if tag != "server.probe" and scope is None:
        return _die(f"Unknown request tag: {tag}")
    if scope is not None and scope not in session.scopes:
        told = f"The authenticated token is missing required scope: {scope}."
        error = {"_tag": "EnvironmentAuthorizationError", "message": told, "requiredScope": scope}
        return _fail(error)
    try:
        return {"_tag": "Success", "value": _done(model, str(tag), payload)}
    except Malformed as malformed:
        return _die(str(malformed))
    except (Rejected, Invalid) as refused:
        invalid = isinstance(refused, Invalid)
        return _fail(_refusal(str(tag), payload, str(refused), invalid=invalid))


def _done(model: T3Model, tag: str, payload: Json) -> Json:
    if tag == "server.getConfig":
        return model.config()
    if tag == "projects.mutate":
        return model.create_project(payload)
    if tag == "orchestration.dispatchCommand":
        return {"sequence": model.dispatch2(payload)}
    return {}


def _refusal(tag: str, payload: Json, reason: str, *, invalid: bool) -> Json:
    command = payload.get("commandId")
    if tag == "projects.mutate":
        project = payload.get("projectId")
        name = "WorkspaceRootNotExistsError" if invalid else "ProjectConflictError"
        cause: Json = {"name": name, "message": reason}
        if invalid:
            told = f"Project operation 'normalize-workspace' failed for {project}."
            cause = {"name": "ProjectOperationError", "message": told, "cause": cause}
        told = "Failed to mutate project."
        return {
            "_tag": "ProjectMutationError",
            "commandId": command,
            "message": told,
            "cause": cause,
        }
    kind = payload.get("type")
    return {
        "_tag": "OrchestrationV2DispatchCommandError",
        "commandId": command,
        "commandType": kind,
        "message": reason,
        "detail": reason,
        "cause": _cause(str(kind), str(command), reason),
    }


def _cause(kind: str, command: str, reason: str) -> Json:
    """Return the error behind a refusal, by the name that the server has for it."""
    if "was previously rejected" in reason:
        return {"name": "OrchestratorCommandPreviouslyRejectedError", "message": reason}
    if reason.startswith("Failed to load"):
        return {"name": "OrchestratorProjectionError", "message": reason}
    told = f"Failed to dispatch orchestration command {kind} ({command})."
    return {"name": "OrchestratorDispatchError", "message": told, "cause": reason}


def _fail(error: Json) -> Json:
    return {"_tag": "Failure", "cause": [{"_tag": "Fail", "error": error}]}


def _die(defect: Any) -> Json:
    return {"_tag": "Failure", "cause": [{"_tag": "Die", "defect": defect}]}


def _defect(name: str, message: str) -> Json:
    return {"_tag": "Defect", "defect": {"name": name, "message": message}}
