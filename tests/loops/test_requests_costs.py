"""What a tick costs in requests, to the last one, as docs/operations.md says.

The two tables there are the numbers expected here, so neither can change alone.
"""

import re
from pathlib import Path
from typing import Final

import pytest
from support.poll_rig import BODY, commands, forget, on_both_forges, polled, record, writes

from afk.adapters.github import branches, checks, listing
from afk.adapters.github import issues as github_issues
from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, World, world

Cost = tuple[int, int]

_THING: Final = r"/(comments|labels|issues)\b"
DOC: Final = Path(__file__).parents[2] / "docs" / "operations.md"


def documented(kind: Forge, heading: str) -> dict[str, Cost]:
    """Return a table of the document: requests to this forge and to T3, by row."""
    text = DOC.read_text(encoding="utf-8")
    table = text.split(f"| {heading} | GitHub | Forgejo | T3 |\n", 1)[1].split("\n\n", 1)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[1:]]
    column = 1 if kind is Forge.GITHUB else 2
    return {row[0]: (int(row[column]), int(row[3])) for row in rows}


def cost(here: World, *arguments: str, after: float = 60) -> Cost:
    """Let time pass, then tick; returns the requests to the forge and to T3."""
    forget(here)
    ticked = polled(here, *arguments, after=after)
    assert ticked.exit_code == 0
    here.t3.advance()
    counted = ticked.document["requests"]
    told = (counted.get(here.kind.value, 0), counted.get("T3", 0))
    assert told == here.requests(), "what a tick says it cost is what it cost"
    return told


def started(here: World, name: str, body: str = "[[ci=slow]]") -> Issue:
    """A run whose agent has pushed, and of which nothing new is to be written down."""
    issue = here.issue(here.repository(name), "Add a till", body)
    polled(here)
    here.t3.advance()
    polled(here)
    assert record(here, issue)["stage"] == "running"
    return issue


@pytest.mark.protocol_1
@on_both_forges
def test_tick__in_every_stage_of_a_run__costs_what_is_documented(kind: Forge) -> None:
    """Idle, waiting, starting, watching, fixing forward, ending: in one repository."""
    with world(kind) as here:
        repo = here.repository("shop")
        measured = {"nothing ready, nothing in flight": cost(here)}
        here.settings["kill_switch"] = True
        measured["disabled"] = cost(here)
        here.settings |= {"kill_switch": False, "max_in_flight": 0}
        issue = here.issue(repo, "Add a till", "[[ci=red,green]]")
        pinning = cost(here)
        measured["an issue waits that changed in the last two hours"] = cost(here)
        measured["an issue waits"] = cost(here, after=7300)
        del here.settings["max_in_flight"]
        first = cost(here)
        seen = cost(here, after=1)
        measured["a run is watched"] = cost(here, after=1)
        measured["the agent is told to fix CI"] = cost(here, after=120)
        polled(here, after=1)
        measured["a run ends as done"] = cost(here, after=300)
        assert record(here, issue)["verdict"] == "done"
        measured["a run ended up to ten minutes ago"] = cost(here)
        at_rest = cost(here, after=600)
        assert at_rest[0] == measured["a run ended up to ten minutes ago"][0] + 1, "a label goes"
        assert cost(here) == measured["nothing ready, nothing in flight"]
        here.issue(repo, "Add a sink", BODY)
        measured["a run starts"] = cost(here)
        measured["a run is handed back"] = handed_back(kind)

        assert measured == documented(kind, "a tick")
        none_pending = 1 if kind is Forge.FORGEJO else 0
        assert seen[0] == measured["a run is watched"][0] + 2 + none_pending, "the push is noted"
        assert first[1] == measured["a run starts"][1] + 2, "the project is made, and looked for"
        assert pinning[0] > measured["an issue waits that changed in the last two hours"][0]
        assert measured["an issue waits"] == measured["nothing ready, nothing in flight"]


def handed_back(kind: Forge) -> Cost:
    """Return what the tick costs that hands a run back: six writes at most, one wakes a person."""
    with world(kind) as here:
        here.issue(here.repository("shop"), "Add a till", "[[idle]]")
        polled(here)
        here.t3.advance()
        told = cost(here)
        sent = [one for one in writes(here) if "/orchestration/" not in one]
        assert len(sent) <= 6
        assert len([one for one in sent if re.match("POST .*/comments", one)]) == 1
        return told


@pytest.mark.protocol_1
@on_both_forges
def test_tick__in_every_stage_of_a_landing__costs_what_is_documented(kind: Forge) -> None:
    with world(kind) as here:
        here.settings |= {"landing": "pull-request", "merge": "approved"}
        repo = here.repository("shop")
        issue = here.issue(repo, "Add a till", "[[ci=slow]]")
        polled(here)
        here.t3.advance()
        measured = {"a pull request is opened": cost(here)}
        cost(here)
        measured["its CI is watched"] = cost(here)
        here.clock.sleep(300)
        measured["it is made ready"] = cost(here)
        cost(here)
        cost(here)
        none_pending = 1 if kind is Forge.FORGEJO else 0
        forge, t3 = cost(here)
        measured["it waits for people"] = forge - none_pending, t3
        pull = here.people.pull_for(issue)
        assert pull is not None
        here.people.approve(pull, here.owner)
        measured["it is merged"] = cost(here)
        measured["what landed is green"] = cost(here, after=300)
        assert record(here, issue)["verdict"] == "done"

        assert measured == documented(kind, "a tick of a pull request")
        watched = documented(kind, "a tick")["a run is watched"]
        more = 1 if kind is Forge.FORGEJO else 0
        assert measured["it waits for people"][0] <= watched[0] + more


@on_both_forges
def test_tick__more_of_the_same__costs_what_is_documented(kind: Forge) -> None:
    measured: dict[str, Cost] = {}
    with world(kind) as here:
        here.repository("shop")
        one = cost(here)
        here.repository("site")
        measured["repository of the same owner"] = difference(cost(here), one)
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        repo = here.repository("shop")
        lately = []
        for title in ("Add a till", "Add a sink"):
            here.issue(repo, title, BODY)
            polled(here)
            lately.append(cost(here))
        here.issue(repo, "Add a tap", BODY)
        polled(here)
        quiet = [cost(here, after=7300), cost(here)]
        nothing = documented(kind, "a tick")["nothing ready, nothing in flight"]
        assert quiet == [nothing, nothing]
        measured["issue that waits"] = difference(quiet[0], nothing)
        measured["issue that waits and changed in the last two hours"] = difference(
            lately[1], lately[0]
        )
    with world(kind) as here:
        started(here, "shop")
        one = cost(here, after=1)
        started(here, "site")
        measured["run that is watched"] = difference(cost(here, after=1), one)
    with world(kind) as here:
        here.settings |= {"landing": "pull-request", "runs_per_repository": 2}
        began, costs = here.repository("shop"), []
        for title in ("Add a till", "Add a sink"):
            here.issue(began, title, "[[ci=slow]]")
            for after in (60, 60, 60):
                polled(here, after=after)
                here.t3.advance()
            costs.append(cost(here, after=1))
        measured["run of the same repository, landing by pull request"] = difference(*costs[::-1])
    assert measured == documented(kind, "each further")


@pytest.mark.protocol_1
@on_both_forges
def test_tick__with_a_dashboard__costs_what_is_documented_beyond_that(kind: Forge) -> None:
    """Without a dashboard every other row here stays as it is."""
    idle = documented(kind, "a tick")["nothing ready, nothing in flight"]
    with world(kind) as here:
        repo = here.repository("shop")
        board = here.issue(repo, "afk", "", ready=False)
        here.settings["dashboard"] = f"{repo.full_name}#{board.number}"
        back = here.forge.open_issue(repo, "Add a sink", here.owner, body="")
        here.forge.add_label(back, HUMAN, here.owner)
        here.clock.sleep(2 * 86_400)  # what is said to afk there would be read for a day
        measured = {"it is new": difference(cost(here), idle)}
        measured["something on it is handed back"] = difference(cost(here), idle)
        assert changes(here) == []
        here.forge.remove_label(back, HUMAN, here.owner)
        here.issue(repo, "Add a till", "[[ci=green]]")
        for after in (60, 60, 300, 660, 60):
            cost(here, after=after)
        measured["nothing on it has changed"] = difference(cost(here), idle)
        assert changes(here) == []
        measured["something on it has changed"] = difference(cost(here, after=8 * 86_400), idle)
        assert changes(here) == ["PATCH issues"]
    assert measured == documented(kind, "a dashboard, beyond its tick")


def difference(more: Cost, less: Cost) -> Cost:
    return more[0] - less[0], more[1] - less[1]


def test_github__sizes_of_its_requests__are_documented() -> None:
    text = " ".join(DOC.read_text(encoding="utf-8").split())
    found = re.search(r"for (\d+) repositories, (\d+) ready issues or (\d+) runs at a time", text)
    assert found is not None
    sizes = (listing.REPOSITORIES, github_issues.ISSUES, github_issues.BRANCHES)
    assert tuple(map(int, found.groups())) == sizes
    assert checks.COMMITS >= github_issues.BRANCHES <= branches.BRANCHES


def changes(here: World) -> list[str]:
    """Return what the last tick changed at the forge, as method and kind of thing, in order."""
    forge = [one for one in writes(here) if "/orchestration/" not in one]
    return [f"{one.split()[0]} {re.findall(_THING, one)[-1]}" for one in forge]


@pytest.mark.protocol_1
@on_both_forges
def test_tick__each_step_of_a_run__writes_no_more_than_it_must(kind: Forge) -> None:
    """A start at most 5 times, an end at most 6 times, a turn twice; T3 hears one thing each."""
    with world(kind) as here:
        repo = here.repository("shop")
        here.issue(repo, "Add a till", "[[ci=red,green]]")
        cost(here)
        tracked_on, lock_on = "POST labels", "POST labels"
        assert changes(here) == [tracked_on, "POST comments", lock_on, "PATCH comments"]
        assert commands(here) == ["project.create", "thread.create", "thread.turn.start"]
        cost(here, after=1)
        assert (changes(here), commands(here)) == (["PATCH comments"], [])
        cost(here, after=120)
        assert changes(here) == ["PATCH comments", "PATCH comments"]
        assert commands(here) == ["thread.turn.start"]
        cost(here, after=1)
        cost(here, after=300)
        ready_off, lock_off = "DELETE labels", "DELETE labels"
        close = "PATCH issues"
        assert changes(here) == ["PATCH comments", close, ready_off, "PATCH comments", lock_off]
        assert commands(here) == ["thread.session.stop"]
        cost(here)
        assert (changes(here), commands(here)) == ([], [])
        tracked_off = "DELETE labels"
        cost(here, after=600)
        assert (changes(here), commands(here)) == ([tracked_off], [])
        cost(here)
        assert (changes(here), commands(here)) == ([], [])


@pytest.mark.parametrize("command", ["tick", "watch", "poll", "status"])
@on_both_forges
def test_command__nothing_new__writes_nothing(kind: Forge, command: str) -> None:
    """A run at work, an issue that waits behind it, and a repository at rest."""
    with world(kind) as here:
        issue = started(here, "shop", BODY)
        here.repository("site")
        here.issue(issue.repo, "Add a sink", BODY)
        polled(here)
        forget(here)
        here.clock.sleep(1)
        assert here.run(command).exit_code == 0
        assert writes(here) == []
