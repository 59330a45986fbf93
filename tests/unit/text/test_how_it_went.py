"""What the comment folds away: who approved it, which agent works, what it used."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import REPO, config, record, turn

from afk.config import RepositoryConfig
from afk.landing_config import AgentConfig
from afk.record.state import RunRecord, Stage
from afk.text.how_it_went import how_it_went
from afk.text.surroundings import Surroundings

CONFIG = replace(
    config(
        repositories={REPO: RepositoryConfig(workspace="/srv/app", instance="codex", model="plain")}
    ),
    agents={"big": AgentConfig(model="large")},
)
SAID = turn(2, tokens_out=1_250)


def facts(run: RunRecord, **around: Any) -> dict[str, str]:
    """Return the folded facts by what they are facts of."""
    lines = how_it_went(run, CONFIG, replace(Surroundings(), **around))
    parts = (line.removeprefix("- ").split(": ", 1) for line in lines)
    return {name: told for name, told in parts}  # noqa: C416  says what they are


def test_how_it_went__approved__says_by_whom_where_that_is_known() -> None:
    at = "2026-11-23 11:00 UTC"
    assert facts(record(), approver="mara")["Approved by `mara`"] == at
    assert facts(record())["Approved"] == at


@pytest.mark.parametrize(
    ("changes", "agent"),
    [
        ({}, "`codex`, model `plain`"),
        ({"agent": "big"}, "`codex`, model `large`"),
        ({"turns": ()}, None),
        ({"stage": Stage.APPROVED}, None),
        ({"repository": "acme/gone"}, None),
    ],
)
def test_how_it_went__agent__is_who_works_once_the_work_began(
    changes: dict[str, Any], agent: str | None
) -> None:
    run = record(**changes)
    assert facts(run).get("Agent") == agent
    assert "" not in facts(run)


@pytest.mark.parametrize(
    ("changes", "used"),
    [
        ({}, None),
        ({"turns": (SAID,)}, "0 tokens in, 1,250 out"),
        ({"turns": (turn(tokens_in=7), SAID)}, "7 tokens in, 1,250 out"),
        ({"cost": "0.40 USD"}, "`0.40 USD`"),
        ({"turns": (SAID,), "cost": "1 USD"}, "0 tokens in, 1,250 out; `1 USD`"),
    ],
)
def test_how_it_went__used__is_what_t3_shows_of_it(
    changes: dict[str, Any], used: str | None
) -> None:
    assert facts(record(**changes)).get("Used") == used
