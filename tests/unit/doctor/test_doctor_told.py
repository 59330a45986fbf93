"""Folders, agents and labels by the facts alone; and what is told of all checks together."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.doctor_facts import ARMED, DOWN, HERE, REPO, WHOLE, facts, look, pulls, seen
from support.factories import NOW

from afk.config import RepositoryConfig
from afk.doctor import agents, forge, landing
from afk.doctor.facts import UNREAD, AgentSeen, Facts, Looked
from afk.doctor.finding import State, Unasked, unread
from afk.doctor.rendering import lines, outcome
from afk.doctor.table import CHECKS, findings
from afk.errors import (
    AfkError,
    ConfigError,
    NotFound,
    OutsideFailure,
    TokenError,
)
from afk.landing_config import AgentConfig
from afk.model.agent import AgentProject, AgentSnapshot
from afk.model.installation import (
    Gate,
    ServerSession,
)

GOOD, WRONG, UNTOLD = State.GOOD, State.WRONG, State.UNTOLD


def folders(*projects: tuple[str, str], workspace: str = "/srv/app") -> Facts:
    """Return a look at a repository's folder and T3's projects: folder, clone of."""
    known = tuple(AgentProject(str(n), *one) for n, one in enumerate(projects))
    snapshot = AgentSnapshot(environment_id="e", sequence=1, server_now=NOW, projects=known)
    settings = {
        REPO: replace(HERE, workspace=workspace),
        "acme/b": RepositoryConfig(workspace="/srv/b"),
    }
    return facts(of=replace(ARMED, repositories=settings), agent=seen(threads=snapshot))


@pytest.mark.parametrize(
    ("projects", "state", "words"),
    [
        ((), UNTOLD, "has no project in /srv/app yet"),
        ((("/home/app", ""),), WRONG, "has a project in /home/app"),
        ((("/home/app", "git.test/acme/other"),), UNTOLD, "has no project"),
        ((("/home/x", "git.test/acme/app"),), WRONG, "write /home/x as the workspace"),
        ((("/srv/b", "git.test/acme/app"),), UNTOLD, "has no project"),
        ((("/srv/app", "git.test/acme/app"),), GOOD, "knows /srv/app"),
        ((("/srv/app", "git.test/acme/other"),), WRONG, "a clone of git.test/acme/other"),
    ],
)
def test_workspace__by_what_t3_has__is_judged(
    projects: tuple[tuple[str, str], ...], state: State, words: str
) -> None:
    one = next(one for one in agents.workspaces(folders(*projects)) if one.about == REPO)
    assert one.state is state
    assert words in f"{one.what} {one.fix}"


def test_agents__picked_by_labels__are_looked_at_too_each_once() -> None:
    two = {"deep": AgentConfig(instance="claude", model="opus"), "same": AgentConfig(model="m")}
    said = list(agents.agents(facts(of=replace(ARMED, agents=two))))
    assert [one.state for one in said] == [GOOD, WRONG]


def test_token__short_of_a_scope_and_ending__is_told_both() -> None:
    session = ServerSession(known=True, scopes=(), expires_at=NOW)
    said = list(agents.token(facts(agent=seen(session=session))))
    assert [one.state for one in said] == [WRONG, WRONG]


def test_labels__missing_and_misspelt__are_told_apart_and_only_missing_ones_are_made() -> None:
    names = ["Ready-For-Agent", *ARMED.labels[2:]]
    found = facts(**look(labels=names))
    said = list(forge.labels(found))
    assert [one.state for one in said] == [WRONG, WRONG]
    assert "'Ready-For-Agent', but not 'ready-for-agent'" in said[0].what
    assert forge.missing_labels(found) == {REPO: ["agent-in-progress"]}
    assert forge.missing_labels(facts(**look(labels=UNREAD))) == {}
    assert forge.missing_labels(facts()) == {}


def test_labels__only_spelt_otherwise__nothing_is_created() -> None:
    found = facts(**look(labels=[one.title() for one in ARMED.labels]))
    assert {one.state for one in forge.labels(found)} == {WRONG}
    assert forge.missing_labels(found) == {}


def test_repository__without_an_entry__has_nothing_that_its_entry_decides() -> None:
    bare = facts(of=replace(ARMED, repositories={}))
    assert list(landing.branch(bare)) == list(landing.ci(bare)) == []
    assert [one.state for one in forge.labels(bare)] == [GOOD]


def test_findings__all_well__are_one_of_every_check_in_order() -> None:
    said = findings(facts())
    assert [one.check for one in said] == [one.name for one in CHECKS]
    assert {one.state for one in said} == {GOOD}
    assert outcome(said) == f"nothing to mend: {len(CHECKS)} good"


def test_lines__of_every_state__are_events_or_errors() -> None:
    said = findings(
        facts(
            token=DOWN,
            kill_switch=Gate(shut=True, says="x", fix="set it"),
            problems=(ConfigError("bad", cause="typo", next_step="mend it"),),
        )
    )
    told = list(lines(said))
    errors = [one for one in told if isinstance(one, AfkError)]
    assert [str(one) for one in errors] == [
        "configuration: bad. Likely cause: typo. Next step: mend it.",
        (
            "forge token: the server answered 503. Likely cause: the server is in trouble. "
            "Next step: wait for the next tick, which tries again; if it stays, look at the server."
        ),
    ]
    assert [type(one) for one in errors] != [OutsideFailure] * 2
    assert "off: kill switch: on: nothing happens (x); to arm afk, set it" in told
    assert outcome(said).startswith("not healthy: 1 to mend, 1 without an answer, 1 switched off")


ERRORS: Final = st.sampled_from([DOWN, TokenError("x"), NotFound("y"), Unasked("why")])


@given(missing=ERRORS, at=st.datetimes(min_value=datetime(2000, 1, 1)))  # noqa: DTZ001
def test_unread__whatever_is_missing__says_so_and_is_never_good(missing: Any, at: datetime) -> None:
    del at
    one = unread(missing, REPO)
    assert one.state is not GOOD
    assert (one.about, bool(one.what)) == (REPO, True)


@given(st.lists(ERRORS, min_size=7, max_size=7))
def test_checks__facts_that_could_not_be_read__never_fail(missing: list[Any]) -> None:
    one = Looked(
        facts=WHOLE.facts,
        may_label=missing[0],
        may_open=missing[1],
        labels=missing[2],
        rules=missing[3],
        seen=missing[4],
        waiting=missing[5],
    )
    agent = AgentSeen(threads=missing[6], session=missing[6], providers=missing[6])
    for settings in (ARMED, pulls(merge="green")):
        said = findings(facts(of=settings, look=one, agent=agent, token=missing[6]))
        assert {each.check for each in said} == {each.name for each in CHECKS}
