"""What tests of the poller and the command line ask of a world: decisions, writes, records.

A world is a forge and a T3 server on loopback (`afk_sandbox.world`); afk runs against it through
its own command line. What did not happen is read from the servers' logs of requests.
"""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from support.overheard import command_in, is_write
from support.straight import Sockets, Straight

from afk.cli import main
from afk.environment.process import Outside
from afk.record.codec import is_record
from afk.record.names import parse_title
from afk.types import Forge, IssueKey
from afk_sandbox.forge.records import Account, Issue
from afk_sandbox.world import READY, START, TRACKED, Ticked, World

on_both_forges: Final = pytest.mark.parametrize("kind", list(Forge))
BODY: Final = "A till, please. [[slow=3000]] [[push]]"


class Held(NamedTuple):
    """The gate that held an issue, and what it said; both empty for one that was started."""

    gate: str
    evidence: str


STARTED: Final = Held("", "")


def writes(here: World) -> list[str]:
    """Return what was changed so far, at the forge and in T3, as method and path."""
    both = [*here.log.exchanges, *here.t3_log.exchanges]
    return [f"{one.method} {one.path}" for one in both if is_write(one)]


def commands(here: World) -> list[str]:
    """Return the kinds of T3 commands that were sent, in order."""
    sent = [one for one in here.t3_log.exchanges if is_write(one)]
    return [command_in(one.body) for one in sent]


def forget(here: World) -> None:
    """Empty both logs of requests."""
    here.log.clear()
    here.t3_log.clear()


def polled(here: World, *arguments: str, after: float = 60) -> Ticked:
    """Let time pass, then tick; the answer is the JSON document."""
    return here.tick(*arguments, "--json", after=after)


def held(ticked: Ticked, issue: Issue) -> Held:
    """Return the decision about an issue; KeyError when it was not considered."""
    name = f"{issue.repo.full_name}#{issue.number}"
    found = {one["issue"]: one for one in ticked.document["decisions"]}
    return Held(found[name]["gate"], found[name]["evidence"])


def said(ticked: Ticked, kind: str = "") -> str:
    """Return what was said, of a kind (``event``, ``warning``, ``error``) or all of it."""
    lines = ticked.document["said"]
    return "\n".join(one["text"] for one in lines if kind in ("", one["kind"]))


def records(here: World, issue: Issue) -> list[dict[str, Any]]:
    """Return afk's records on an issue as they stand, oldest first."""
    bodies = [one.body for one in issue.comments if one.author is here.bot]
    return [record_in(body) for body in bodies if is_record(body)]


def record(here: World, issue: Issue) -> dict[str, Any]:
    """Return the only record on an issue."""
    (only,) = records(here, issue)
    return only


def record_in(body: str) -> dict[str, Any]:
    """Return the JSON of a record's marker line; what is left out there has its default."""
    line = body.split("\n", 1)[0]
    return {"stage": "approved", **json.loads(line[line.index("{") : line.rindex("}") + 1])}


def threads(here: World, issue: Issue | None = None) -> list[dict[str, Any]]:
    """Return the afk threads that T3 shows, of an issue or all, oldest first."""
    key = IssueKey(issue.repo.full_name, issue.number) if issue else None
    shown = here.t3.shell()["threads"]
    named = [(parse_title(one["title"]), one) for one in shown]
    found = [one for name, one in named if name and key in (None, name[1])]
    return sorted(found, key=lambda one: (one["createdAt"], one["id"]))


def prompts(here: World, issue: Issue) -> list[str]:
    """Return the texts that were sent to agents about an issue."""
    found = []
    for thread in threads(here, issue):
        detail = here.t3.thread(thread["id"])
        messages = detail["thread"]["messages"] if detail else []
        found += [one["text"] for one in messages if one["role"] == "user"]
    return found


def prompt(here: World, issue: Issue) -> str:
    """Return the only text that was sent to an agent about an issue."""
    (only,) = prompts(here, issue)
    return only


def assert_started(here: World, issue: Issue, *, turns: int = 1) -> None:
    """One thread with so many turns, one running record, the label on."""
    assert len(prompts(here, issue)) == turns
    assert record(here, issue)["stage"] == "running"
    assert "agent-in-progress" in labels(issue)


def assert_untouched(here: World, issue: Issue) -> None:
    """No thread, no record, no comment of ours, no label of ours."""
    assert threads(here, issue) == []
    assert [one for one in issue.comments if one.author is here.bot] == []
    assert "agent-in-progress" not in labels(issue)


def assert_refused(
    here: World, ticked: Ticked, issue: Issue, *, code: int, parts: Sequence[str]
) -> None:
    """Every error names cause and next step, these parts among them; nothing was written."""
    errors = [one["text"] for one in ticked.document["said"] if one["kind"] == "error"]
    assert ticked.exit_code == code
    assert errors
    for error in errors:
        assert ". Likely cause: " in error
        assert ". Next step: " in error
    for part in parts:
        assert part in "\n".join(errors)
    assert writes(here) == []
    assert_untouched(here, issue)


def link(here: World, name: str, ref: str) -> str:
    """Return how afk's comments name an issue: a link that refers to nothing."""
    address = urlsplit(here.settings["forge_url"])
    repo, number = ref.split("#")
    return f"[`{name}`]({address.scheme}://{address.netloc}/{repo}/./issues/{number})"


def labels(issue: Issue) -> set[str]:
    """Return the names of the labels on an issue, but for the one by which afk finds it again."""
    return {label.name for label in issue.labels} - {TRACKED}


def ready(here: World, issue: Issue, by: Account | None = None) -> None:
    """Label an issue ready a minute later, by its owner if nobody is named."""
    here.clock.sleep(60)
    here.forge.add_label(issue, READY, by or here.owner)


def changed(here: World, **environ: str) -> None:
    """Change the environment afk runs in; an empty value takes a variable out."""
    merged: Mapping[str, str] = {**here.environ, **environ}
    here.environ.clear()
    here.environ.update({name: value for name, value in merged.items() if value})


class Between(Sockets):
    """Real connections with somebody in between, who sees each request before it is sent.

    ``meddle`` may act on the world, raise as a broken connection would, or return an answer in
    the server's place.
    """

    def __init__(self, meddle: Callable[[httpx.Request], httpx.Response | None]) -> None:
        self._inner = Straight()
        self._meddle = meddle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._meddle(request) or self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def spoiling(spoils: Callable[[httpx.Request], bool], status: int = 502) -> Between:
    """Answer some requests with a status before they reach a server."""
    return Between(lambda request: httpx.Response(status) if spoils(request) else None)


def is_command(request: httpx.Request, kind: str) -> bool:
    """Say whether a request is a T3 command of this kind."""
    if not request.url.path.endswith("/dispatch"):
        return False
    return command_in(request.content.decode()) == kind


def reads(request: httpx.Request, issue: Issue) -> bool:
    """Say whether a request asks for this issue and no other as a whole."""
    if request.url.path.endswith(f"/{issue.repo.name}/issues/{issue.number}"):
        return request.method == "GET"
    if not request.url.path.endswith("/graphql"):
        return False
    asked = json.loads(request.content)
    alone = "timelineItems" in asked["query"] and "i1:" not in asked["query"]
    return alone and {issue.number, issue.repo.name} <= {*asked["variables"].values()}


class NoTransport(httpx.BaseTransport):
    """Whoever sends anything through this fails the test."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        pytest.fail(f"a request was sent: {request.method} {request.url}")


ARMED: Final[Mapping[str, Any]] = {
    "kill_switch": False,
    "forge_url": "https://forge.test/api/v1",
    "t3": {"url": "https://t3.test"},
    "allowlist": ["owner/shop"],
    "repositories": {"owner/shop": {"workspace": "/srv/shop"}},
}
SECRETS: Final[Mapping[str, str]] = {
    "AFK_TOKEN": "forge-sicret",
    "AFK_T3_TOKEN": "t3-sicret",
    "AFK_STATE_KEY": "state-sicret-0123456789",
}


def alone(
    *arguments: str,
    config: str | Mapping[str, Any] = ARMED,
    environ: Mapping[str, str] = SECRETS,
    folder: Path = Path("/nowhere"),
) -> Ticked:
    """Run a command without any server: whatever it sends fails the test."""
    out = io.StringIO()
    text = config if isinstance(config, str) else json.dumps(config)
    given = {**environ, **({"AFK_CONFIG": text} if text else {})}
    outside = Outside(
        environ=given,
        stdout=out,
        now=lambda: START,
        sleep=lambda seconds: pytest.fail(f"slept for {seconds} s"),
        folder=folder,
        transport=NoTransport(),
    )
    return Ticked(main(arguments, outside), out.getvalue())
