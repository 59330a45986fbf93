"""A label picks the agent: whose label counts, what the agent is given, what holds the issue."""

from typing import Any, Final

import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    assert_untouched,
    held,
    on_both_forges,
    polled,
    ready,
    record,
    records,
    threads,
)

from afk.types import Forge
from afk_sandbox.forge.records import Account, Issue
from afk_sandbox.world import World, world

pytestmark = pytest.mark.protocol_1  # the sandbox offers other agents by protocol 2

AGENTS: Final[dict[str, Any]] = {
    "opus": {"instance": "claudeAgent", "model": "opus-5", "options": {"effort": "high"}},
    "fast": {"model": "gpt-mini", "options": {"fastMode": True, "effort": "low"}},
}
THE_USUAL: Final = {"instanceId": "codex", "model": "gpt-fake"}


def asked(here: World, *names: str, by: Account | None = None, **settings: Any) -> Issue:
    """An issue with these agents' labels, set before it is approved by the owner."""
    here.settings["agents"] = AGENTS
    repo = here.repository("shop", **settings)
    issue = here.issue(repo, "Add a till", BODY, ready=False)
    for name in names:
        pick(here, issue, name, by or here.owner)
    ready(here, issue)
    return issue


def pick(here: World, issue: Issue, name: str, by: Account) -> None:
    if not here.forge.labels_named(issue.repo, [f"agent:{name}"]):
        here.forge.define_label(issue.repo, f"agent:{name}")
    here.clock.sleep(5)
    here.forge.add_label(issue, f"agent:{name}", by)


def selection(here: World, issue: Issue) -> Any:
    """Return what T3 was asked to work with in the issue's only thread."""
    (thread,) = threads(here, issue)
    return thread["modelSelection"]


@on_both_forges
def test_agent__picked_by_a_label__its_instance_model_and_options_reach_t3(kind: Forge) -> None:
    with world(kind) as here:
        issue = asked(here, "opus")

        assert held(polled(here), issue) == STARTED

        assert selection(here, issue) == {
            "instanceId": "claudeAgent",
            "model": "opus-5",
            "options": [{"id": "effort", "value": "high"}],
        }
        assert record(here, issue)["thread"]["agent"] == "opus"


@on_both_forges
def test_agent__that_names_a_model_only__keeps_the_repositorys_instance(kind: Forge) -> None:
    with world(kind) as here:
        issue = asked(here, "fast", instance="claudeAgent")

        assert held(polled(here), issue) == STARTED

        assert selection(here, issue) == {
            "instanceId": "claudeAgent",
            "model": "gpt-mini",
            "options": [{"id": "effort", "value": "low"}, {"id": "fastMode", "value": True}],
        }


@on_both_forges
def test_agent__no_label__is_the_repositorys_without_options(kind: Forge) -> None:
    with world(kind) as here:
        issue = asked(here)
        assert held(polled(here), issue) == STARTED
        assert selection(here, issue) == THE_USUAL


@on_both_forges
def test_agent__unknown_name__holds_the_issue_and_says_which_are_known(kind: Forge) -> None:
    with world(kind) as here:
        issue = asked(here, "gpt9")

        gate, evidence = held(polled(here), issue)

        assert gate == "agent-known"
        assert evidence == "agent:gpt9 is not among `agents` in the configuration (fast, opus)"
        assert threads(here, issue) == []
        assert records(here, issue)[0]["stage"] == "approved"
        (told,) = [one.body for one in issue.comments if one.author is here.bot]
        assert "agent:gpt9" in told
        here.settings["agents"] = AGENTS | {"gpt9": {"model": "gpt-9"}}
        assert held(polled(here), issue) == STARTED
        assert selection(here, issue) == {"instanceId": "codex", "model": "gpt-9"}


@on_both_forges
def test_agent__two_labels__hold_the_issue_until_one_is_taken_off(kind: Forge) -> None:
    with world(kind) as here:
        issue = asked(here, "opus", "fast")

        gate, evidence = held(polled(here), issue)

        assert gate == "agent-known"
        assert evidence == "more than one agent is picked (agent:fast, agent:opus): leave one"
        assert threads(here, issue) == []
        here.forge.remove_label(issue, "agent:opus", here.owner)
        assert held(polled(here), issue) == STARTED
        assert selection(here, issue)["model"] == "gpt-mini"


@on_both_forges
def test_agent__set_by_somebody_without_rights__does_not_count(kind: Forge) -> None:
    """Not even to hold the issue: a stranger could stop any of them."""
    with world(kind) as here:
        issue = asked(here, "opus", by=here.stranger)
        assert held(polled(here), issue) == STARTED
        assert selection(here, issue) == THE_USUAL


@on_both_forges
def test_agent__set_after_the_approval__does_not_count(kind: Forge) -> None:
    with world(kind) as here:
        issue = asked(here)
        pick(here, issue, "opus", here.owner)
        assert held(polled(here), issue) == STARTED
        assert selection(here, issue) == THE_USUAL


@on_both_forges
def test_agent__set_by_afks_own_account__does_not_count(kind: Forge) -> None:
    with world(kind) as here:
        issue = asked(here, "opus", by=here.bot)
        assert held(polled(here), issue) == STARTED
        assert selection(here, issue) == THE_USUAL


@on_both_forges
def test_agent__set_by_somebody_listed_as_trusted__counts(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["trusted"] = [here.stranger.id]
        issue = asked(here, "opus", by=here.stranger)
        assert held(polled(here), issue) == STARTED
        assert selection(here, issue)["model"] == "opus-5"


@pytest.mark.parametrize(
    ("agents", "part"),
    [
        ({"opus": {"options": {"effort": 3}}}, "agents"),
        ({"opus": {"modell": "x"}}, "agents"),
        ({"": {"model": "x"}}, "an entry of agents has no name"),
    ],
)
def test_agents__that_t3_would_not_take__are_refused_before_anything_is_sent(
    agents: dict[str, Any], part: str
) -> None:
    with world(Forge.GITHUB) as here:
        issue = asked(here)
        here.settings["agents"] = agents
        before = here.requests()

        ticked = polled(here)

        assert ticked.exit_code == 2
        assert part in ticked.output
        assert here.requests() == before
        assert_untouched(here, issue)
