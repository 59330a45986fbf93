"""A wrong configuration says all that is wrong in one run, exit code 2, and sends nothing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from support.poll_rig import ARMED, SECRETS, alone

from afk_sandbox.world import Ticked

SHOP: Mapping[str, Any] = {"workspace": "/srv/shop"}


def errors(ticked: Ticked) -> list[str]:
    """Return what was told, one line each; all of it a person's to mend, none of it a secret."""
    assert ticked.exit_code == 2
    assert "sicret" not in ticked.output
    lines = [line for line in ticked.output.splitlines() if line.startswith("error: ")]
    assert all("Likely cause: " in line and "Next step: " in line for line in lines)
    return [line.removeprefix("error: ") for line in lines]


def told(config: str | Mapping[str, Any], **environ: str) -> list[str]:
    return errors(alone("tick", config=config, environ={**SECRETS, **environ}))


def assert_told(lines: list[str], *parts: str) -> None:
    """Each part in a line of its own, in this order, and no line beside them."""
    assert len(lines) == len(parts), lines
    for line, part in zip(lines, parts, strict=True):
        assert part in line


def test_tick__settings_of_every_kind_and_the_environment__are_told_in_one_run() -> None:
    """Unknown, of another type, refused by a rule, wanting; a token and a key besides."""
    config = {
        **ARMED,
        "max_in_flite": 3,
        "max_in_flight": "4",
        "allowlist": ["owner/shop", "owner/site", "owner/*"],
        "landing": "pull-request",
        "t3": {"url": "nowhere", "modell": "x"},
        "repositories": {"owner/shop": {"workspace": "srv/shop", "branch": "origin/main"}},
    }
    lines = told(config, AFK_T3_TOKEN="", AFK_STATE_KEY="tiny-sicret", AFK_KIL="1", AFK_DRY_RUN="y")
    wanted = {
        "AFK_KIL in the environment": 1,
        "max_in_flite in the configuration": 1,
        "max_in_flight: Input should be": 1,
        "t3.modell in the configuration": 1,
        "workspace 'srv/shop' is not a plain": 1,
        "branch 'origin/main' is a reference": 1,
        "'owner/*' is not a repository name": 1,
        "'landing: pull-request' is not built": 1,
        "t3.url (or AFK_T3_URL) is no plain address": 1,
        "owner/site has no entry under repositories": 1,
        "AFK_DRY_RUN is 'y'": 1,
        "there is no token for T3": 1,
        "AFK_STATE_KEY is shorter than": 1,
    }
    counted = {part: sum(part in line for line in lines) for part in wanted}
    assert counted == wanted
    assert len(lines) == len(wanted)


def test_tick__environment_alone__tells_all_that_is_wrong_with_it() -> None:
    lines = told(
        ARMED, AFK_TOKEN="", AFK_T3_TOKEN="two sicret", AFK_STATE_KEY="", AFK_SLACK_WEBHOOK="x"
    )
    assert_told(
        lines,
        "Forgejo needs AFK_STATE_KEY",
        "there is no token for the forge",
        "the token for T3 contains white space",
        "AFK_SLACK_WEBHOOK does not hold a web address",
    )


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        (
            {"repositories": {"owner/shop": {"workspac": "/srv/shop", "ci": {"none": "grey"}}}},
            ["repositories.owner/shop.workspac in", "repositories.owner/shop.ci.none"],
        ),
        (
            {"repositories": {"owner/shop": {"branch": "HEAD"}}},
            ["repositories.owner/shop.workspace", "branch 'HEAD' is a reference"],
        ),
        (
            {"trusted": [True, "@mara", 0]},
            ["trusted.0", "trusted lists 0", "trusted lists '@mara'"],
        ),
        ({"allowlist": ["*"], "t3": {}}, ["'*' is not a repository name", "t3.url is not set"]),
        ({"kill_switch": "off", "t3": {}}, ["kill_switch: ", "t3.url is not set"]),
        ({"t3": 5, "draining": "x"}, ["draining: Input", "t3: Input"]),
        (
            {"repositories": 5, "forge_url": "x"},
            ["repositories: Input", "forge_url (or AFK_FORGE_URL)"],
        ),
        (
            {"ready_label": "a,b", "human_label": "x" * 60},
            ["ready_label: a label's name contains a comma", "human_label has 60 characters"],
        ),
        (
            {
                "repositories": {
                    "owner/shop": {**SHOP, "deploy": {"workflow": "a", "status": "b"}}
                },
                "max_in_flight": -1,
            },
            ["names workflow and status", "max_in_flight is -1"],
        ),
    ],
)
def test_tick__one_mistake__hides_none_beside_or_around_it(
    changes: Mapping[str, Any], parts: list[str]
) -> None:
    """And is told once, without what only follows from it."""
    lines = told({**ARMED, **changes})
    assert [sum(part in line for line in lines) for part in parts] == [1] * len(parts)
    assert len(lines) == len(parts)


def test_tick__text_that_is_no_yaml__says_what_is_wrong_beside_it() -> None:
    """What stands in the text is not missed: nobody has read it."""
    lines = told("allowlist: [", AFK_T3_TOKEN="", AFK_KIL="1")
    assert_told(lines, "AFK_KIL", "is not valid YAML", "there is no token for T3")


def test_tick__kill_switch_variable_misspelt__is_told_with_the_rest() -> None:
    lines = told({**ARMED, "t3": {}}, AFK_KILL_SWITCH="flase", AFK_T3_TOKEN="")
    assert_told(lines, "AFK_KILL_SWITCH is 'flase'", "t3.url is not set", "no token for T3")


def test_tick__disabled__misses_nothing_and_tells_what_cannot_be_read() -> None:
    """One that is switched off may be unfinished, not misspelt."""
    config = {"kill_switch": True, "max_in_flite": 1, "allowlist": ["x"]}
    lines = errors(alone("tick", config=config, environ={}))
    assert_told(lines, "max_in_flite", "'x' is not a repository name")


def test_tick__many_mistakes__are_bounded() -> None:
    lines = told({**ARMED, **{f"setting_{number}": 1 for number in range(60)}})
    assert len(lines) == 20


def test_tick__as_json__holds_each_mistake_as_one() -> None:
    config = {**ARMED, "max_in_flite": 1, "max_in_flight": -1}
    ticked = alone("tick", "--json", config=config)
    document = json.loads(ticked.output)
    assert [one["kind"] for one in document["said"]] == ["error", "error"]
    assert document["exit_code"] == ticked.exit_code == 2
