"""Starts, ends and turns go side by side across repositories, the writes of one issue in order.

Side by side is seen by who is there at once, never by time: a server that answers nobody before
all have come would wait for ever for the second of two that go one after the other.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from support.loops import CI_GRACE, both, labels, record, records, said, threads, tick, until
from support.overheard import Mark, is_write

from afk.types import Forge
from afk_sandbox.faults import App, Fault, Receive, Send
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, World, world

FOUR: Final = ("shop", "site", "stall", "store")
PARTS: Final = ("issues", "comments", "labels")
PATIENCE: Final = 20.0
"""Seconds that a request waits for the others before the test gives up on them."""


@dataclass
class Meeting:
    """Servers at which requests of a kind wait for each other, once ``expected`` says how many."""

    method: str
    ends: tuple[str, ...]
    expected: int = 0
    here: set[str] = field(default_factory=set)
    met: bool = False

    def __call__(self, app: App) -> App:
        """Return the application with the meeting in front."""

        async def served(scope: Any, receive: Receive, send: Send) -> None:
            if self.expected and scope["type"] == "http" and scope["method"] == self.method:
                await self._wait(f"{scope['path']}?{scope['query_string'].decode()}")
            await app(scope, receive, send)

        return served

    async def _wait(self, path: str) -> None:
        if self.met or not any(end in path for end in self.ends):
            return
        self.here.add(path)
        waited = 0.0
        while len(self.here) < self.expected and waited < PATIENCE:
            await asyncio.sleep(0.01)
            waited += 0.01
        self.met |= len(self.here) >= self.expected
        self.expected = 0 if self.met else self.expected


def houses(here: World, body: str, *, names: tuple[str, ...] = FOUR) -> list[Issue]:
    """Return an approved issue in each of some repositories."""
    return [here.issue(here.repository(name, **CI_GRACE), f"In {name}", body) for name in names]


def written(mark: Mark, issue: Issue) -> list[str]:
    """Return what was written about an issue, in order: by the last part of its path."""
    place = f"/{issue.repo.full_name}/issues/"
    sent = [one for one in mark.writes if place in one.path]
    parts = [[one for one in each.path.split("/") if one in PARTS][-1] for each in sent]
    return [f"{one.method} {part}" for one, part in zip(sent, parts, strict=True)]


@pytest.mark.network
@both
def test_starts__in_four_repositories__go_side_by_side(kind: Forge) -> None:
    meeting = Meeting("POST", ("/comments",))
    with world(kind, around=meeting) as here:
        issues = houses(here, "[[hang]]")
        mark, meeting.expected = Mark(here), len(issues)

        heard = tick(here)

        assert meeting.met, f"only these claimed at once: {sorted(meeting.here)}"
        for issue in issues:
            assert record(here, issue)["stage"] == "running"
            assert len(said(here, issue)) == 1
            assert IN_PROGRESS in labels(issue)
            steps = ["POST labels", "POST comments", "POST labels", "PATCH comments"]
            assert written(mark, issue) == steps
        assert mark.commands.count("thread.turn.start") == len(issues)
        told = [
            line for line in heard.splitlines() if "claimed" in line or "started thread" in line
        ]
        about = [line.split()[0] for line in told]
        names = [issue.ref for issue in issues]
        assert about == [name for name in names for _ in range(2)], "told in the plan's order"


@pytest.mark.network
@both
@pytest.mark.parametrize(
    ("body", "word", "steps"),
    [
        ("[[push]]", "ended: done", ["PATCH comments", "PATCH issues", "DELETE labels"]),
        ("[[push=red,green]]", "was told to fix CI", ["PATCH comments", "PATCH comments"]),
    ],
    ids=["ends", "turns"],
)
def test_watched__in_four_repositories__are_acted_on_side_by_side(
    kind: Forge, body: str, word: str, steps: list[str]
) -> None:
    meeting = Meeting("PATCH", ("/comments/",))
    with world(kind, around=meeting) as here:
        issues = houses(here, body)
        tick(here)
        for _ in range(6):
            before = [record(here, issue) for issue in issues]
            mark, meeting.expected = Mark(here), len(issues)
            heard = tick(here, after=120)
            if word in heard:
                break
            meeting.here.clear()
            meeting.met = False

        assert heard.count(word) == len(issues)
        assert meeting.met, f"only these were acted on at once: {sorted(meeting.here)}"
        for issue, stood in zip(issues, before, strict=True):
            assert [one for one in written(mark, issue) if one in steps][: len(steps)] == steps
            assert record(here, issue)["sequence"] == stood["sequence"] + 2
        assert len({one.split()[0] for one in heard.splitlines() if word in one}) == len(issues)


def refused_by_t3(here: World, issue: Issue) -> None:
    here.t3.folders.pop(f"/srv/{issue.repo.name}")


def refused_by_forge(status: int) -> Callable[[World, Issue], None]:
    """Return what lets the forge refuse every comment in the issue's repository."""

    def refuse(here: World, issue: Issue) -> None:
        place = f"/{issue.repo.full_name}/issues/{issue.number}/comments"
        body = json.dumps({"message": "no"}).encode()
        fault = Fault("before", status, body, "application/json")
        here.faults["forge"] = lambda method, path: (
            fault if method == "POST" and path.endswith(place) else None
        )

    return refuse


@both
@pytest.mark.parametrize(
    "spoil",
    [refused_by_t3, refused_by_forge(403), refused_by_forge(500)],
    ids=["T3 refuses", "the forge refuses", "the forge is in trouble"],
)
def test_starts__one_fails__the_others_start(
    kind: Forge, spoil: Callable[[World, Issue], None]
) -> None:
    with world(kind) as here:
        issues = houses(here, "[[hang]]")
        failing, others = issues[1], [issues[0], *issues[2:]]
        spoil(here, failing)

        ticked = here.tick()
        here.t3.advance()

        assert ticked.exit_code in (1, 2)
        for issue in others:
            assert record(here, issue)["stage"] == "running"
            assert len(said(here, issue)) == 1
            assert len(threads(here, issue)) == 1
        assert said(here, failing) == []
        assert record(here, failing).get("stage") != "running"
        assert IN_PROGRESS not in labels(failing)
        assert f"error: {failing.ref}" in ticked.output


@both
def test_starts__on_an_instance_that_fails__try_it_out_one_at_a_time(kind: Forge) -> None:
    """After two in a row that did not start, one an hour finds out, though three could start."""
    with world(kind) as here:
        for issue in houses(here, "[[starterror]]", names=FOUR[:2]):
            assert until(here, issue)["verdict"] == "needs-human"
        issues = houses(here, "[[hang]]", names=("barn", "booth", "bazaar"))
        tick(here)
        assert [records(here, issue)[0]["stage"] for issue in issues] == ["approved"] * 3
        mark = Mark(here)

        tick(here, after=3600)

        assert mark.commands.count("thread.turn.start") == 1
        stages = sorted(records(here, issue)[0]["stage"] for issue in issues)
        assert stages == ["approved", "approved", "running"]
        assert [one for one in mark.t3 if is_write(one)] != []


@pytest.mark.network
@pytest.mark.parametrize(
    "ends",
    [("labels=ready-for-agent%2C", "labels=ready-for-human&"), ("/timeline", "/user?")],
    ids=["listings", "who afk is"],
)
def test_reads__that_do_not_need_one_another__go_side_by_side(ends: tuple[str, ...]) -> None:
    """GitHub answers all of them with its listing."""
    meeting = Meeting("GET", ends)
    with world(Forge.FORGEJO, around=meeting) as here:
        houses(here, "[[hang]]", names=FOUR[:1])
        tick(here)
        meeting.expected = len(ends)

        tick(here, after=120)

        assert meeting.met, f"only these were asked at once: {sorted(meeting.here)}"
