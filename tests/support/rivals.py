"""Another tick's claim of the same repository, as T3 shows it; see `afk.act.referee`."""

import uuid

import httpx
from support.poll_rig import BODY, Between, is_command, reads

from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World

RIVAL = "[afk 01234567] owner/shop#{}"


def send(here: World, kind: str, **fields: object) -> None:
    """Send T3 a command that is not afk's."""
    here.t3.dispatch({"type": kind, "commandId": str(uuid.uuid4()), "createdAt": "now", **fields})


def project_of(here: World, folder: str) -> str:
    """Create a project for a folder, as a person would; returns its id."""
    send(here, "project.create", projectId=f"p{folder}", title="theirs", workspaceRoot=folder)
    return f"p{folder}"


def rival(here: World, title: str, project: str = "p/srv/shop", *, starts: bool = False) -> str:
    """Create a thread as another tick would; ``starts``: and send its first message."""
    thread = str(uuid.uuid4())
    modes = {"runtimeMode": "full-access", "interactionMode": "default"}
    model = {"instanceId": "codex", "model": "gpt-fake"}
    send(
        here,
        "thread.create",
        threadId=thread,
        projectId=project,
        title=title,
        modelSelection=model,
        branch=None,
        worktreePath=None,
        **modes,
    )
    if starts:
        text = {"messageId": str(uuid.uuid4()), "role": "user", "text": "x [[hang]]"}
        send(
            here, "thread.turn.start", threadId=thread, message={**text, "attachments": []}, **modes
        )
    return thread


def contested(here: World, *, starts: bool = False, title: str = RIVAL) -> tuple[Issue, Issue, str]:
    """A ready issue, and another of its repository that another tick claims a moment earlier."""
    repo = here.repository("shop")
    issue = here.issue(repo, "Add a till", BODY)
    theirs = here.forge.open_issue(repo, "Add a sink", here.owner)
    project_of(here, "/srv/shop")
    here.clock.sleep(60)
    return issue, theirs, rival(here, title.format(theirs.number), starts=starts)


def hiding(
    here: World, thread: str, unreadable: Issue | None = None, *, status: int = 502
) -> Between:
    """Leave a thread out of T3's answers until this tick has created one of its own.

    The issue ``unreadable`` is answered with a status whenever it is asked for.
    """
    created: list[bool] = []

    def meddle(request: httpx.Request) -> httpx.Response | None:
        if unreadable is not None and reads(request, unreadable):
            return httpx.Response(status)
        created.extend([True] if is_command(request, "thread.create") else [])
        if created or not request.url.path.endswith("/shell"):
            return None
        shell = here.t3.shell()
        shown = [one for one in shell["threads"] if one["id"] != thread]
        return httpx.Response(200, json={**shell, "threads": shown})

    return Between(meddle)
