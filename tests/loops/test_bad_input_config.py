"""Configuration that cannot be used: a message with cause and next step, exit code 2, silence.

Everything here runs over a transport that fails the test as soon as anything is sent.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.poll_rig import ARMED, SECRETS, alone

from afk_sandbox.world import Ticked

SHOP = {"workspace": "/srv/shop"}


def without(name: str, source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy without one key."""
    return {key: value for key, value in source.items() if key != name}


STAGE = {"deploy": {"environment": "production"}}


def refused(ticked: Ticked, *parts: str) -> None:
    """Exit code 2, every part in what was said, advice in it, and no secret."""
    assert ticked.exit_code == 2
    for part in parts:
        assert part in ticked.output
    assert "Likely cause: " in ticked.output
    assert "Next step: " in ticked.output
    assert ticked.output.count("error: ") == 1
    assert "sicret" not in ticked.output


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kil_switch": False}, ["kil_switch in the configuration", "did you mean kill_switch?"]),
        ({"kill_switch": "maybe"}, ["kill_switch: ", "'maybe'", "settings in docs/reference.md"]),
        ({"kill_switch": 0}, ["kill_switch: "]),
        ({"allowlist": ["owner/*"]}, ["'owner/*' is not a repository name", "no wildcards"]),
        ({"allowlist": "owner/shop"}, ["allowlist: "]),
        ({"draining": ["owner/site"]}, ["owner/site has no entry under repositories", "workspace"]),
        ({"repositories": {}}, ["owner/shop has no entry under repositories", "/srv/code/app"]),
        ({"repositories": {"owner/shop": {}}}, ["workspace", "table of settings"]),
        (
            {"repositories": {"owner/shop": {"workspace": "srv/shop"}}},
            ["workspace 'srv/shop' is not a plain absolute path", "as T3's host sees it"],
        ),
        (
            {
                "allowlist": ["owner/shop", "owner/site"],
                "repositories": {"owner/shop": SHOP, "owner/site": SHOP},
            },
            ["share the workspace /srv/shop", "give each repository its own clone"],
        ),
        ({"t3": {}}, ["t3.url is not set", "AFK_T3_URL"]),
        ({"t3": {"url": "https://t3.test", "model": " "}}, ["t3.model is empty", "leave t3.model"]),
        ({"t3": {"url": "https://t3.test", "instance": ""}}, ["t3.instance is empty"]),
        ({"landing": "pull-requests"}, ["landing: Input should be 'push' or"]),
        ({"notify": ["pager"]}, ["'notify: pager' is not built", "slack, discord, ntfy"]),
        ({"notify": ["slack"]}, ["AFK_SLACK_WEBHOOK is not set", "take slack out of notify"]),
        ({"max_in_flight": -1}, ["max_in_flight is -1", "give a number from 0"]),
        ({"human_label": "ready-for-agent"}, ["must have different names", "ready_label"]),
        ({"forge_url": ""}, ["which forge is at no address", "https://api.github.com"]),
        ({"t3": {"url": "localhost:3773"}}, ["t3.url (or AFK_T3_URL) is no plain address"]),
        ({"t3": {"url": "https://me:pw@t3.test"}}, ["no plain address", "holds a password"]),
        ({"t3": {"url": "https://t3.test", "public_url": "//t3"}}, ["t3.public_url is no plain"]),
        ({"forge_url": "https://forge.test/api/v1?x=1"}, ["forge_url (or AFK_FORGE_URL) is no"]),
        (
            {"t3": {"url": "https://t3.test", "timezone": "Europe/Munich"}},
            ["'Europe/Munich' is not known here", "Europe/Berlin"],
        ),
        (
            {"repositories": {"owner/shop": {"workspace": "/srv/shop", **STAGE}}},
            ["a stage of owner/shop names an environment", "name a workflow, a status or a probe"],
        ),
        ({"forge_url": "https://forge.test"}, ["which forge is at https://forge.test", "/api/v1"]),
    ],
)
def test_tick__setting_that_cannot_be_used__is_named_and_nothing_is_sent(
    changes: Mapping[str, Any], said: list[str]
) -> None:
    refused(alone("tick", config={**ARMED, **changes}), *said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kill_switch: [", ["AFK_CONFIG:1: the configuration is not valid YAML", "mend the line"]),
        (
            "kill_switch: false\nkill_switch: true",
            ["AFK_CONFIG:2: the key 'kill_switch' stands twice, first in line 1", "one of the two"],
        ),
        ("just words", ["not a mapping", "start with lines such as"]),
        ("on: {}", ["AFK_CONFIG:1: the key 'on' is not text", "put it in quotes"]),
        ("trusted: [2026-01-01]", ["trusted.0: '2026-01-01' can be read in more", "quotes"]),
        ("a: &x [*x]", ["AFK_CONFIG:1: an anchor (&) or alias (*)", "write the value out"]),
        ("kill_switch: no", ["kill_switch: 'no' can be read in more than one way", "write true"]),
        ("trusted: [010]", ["trusted.0: '010' can be read in more than one way"]),
    ],
)
def test_tick__text_that_is_no_configuration__says_where_and_nothing_is_sent(
    text: str, said: list[str]
) -> None:
    refused(alone("tick", config=text), *said)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"AFK_KILL_SWITCH": "flase"}, ["AFK_KILL_SWITCH is 'flase'", "does not guess", "to true"]),
        ({"AFK_KILL_SWITCH": "1"}, ["neither true nor false"]),
        ({"AFK_DRY_RUN": "yes"}, ["AFK_DRY_RUN is 'yes'", "set AFK_DRY_RUN to true or false"]),
        ({"AFK_ALOWLIST": "owner/shop"}, ["AFK_ALOWLIST", "did you mean AFK_ALLOWLIST?"]),
        ({"AFK_ALLOWLIST": "owner"}, ["'owner' is not a repository name", "write owner/name"]),
        ({"AFK_CONFIG_FILE": "afk.yml"}, ["given more than once", "keep one of them"]),
        ({"AFK_TOKEN": ""}, ["no token for the forge", "set AFK_TOKEN"]),
        ({"AFK_TOKEN": " \n"}, ["no token for the forge", "pass it as a secret"]),
        ({"AFK_TOKEN": "sicret\nmore"}, ["token for the forge contains white space", "alone"]),
        ({"AFK_TOKEN": "sicret\x00"}, ["outside of printable ASCII", "a damaged copy"]),
        ({"AFK_T3_TOKEN": ""}, ["there is no token for T3", "set AFK_T3_TOKEN"]),
        ({"AFK_T3_TOKEN": "two sicret"}, ["token for T3 contains white space", "alone"]),
        ({"AFK_T3_TOKEN_FILE": "/no"}, ["AFK_T3_TOKEN and AFK_T3_TOKEN_FILE are both set", "one"]),
        (
            {"AFK_T3_TOKEN": "", "AFK_T3_TOKEN_FILE": "/no/such/file"},
            ["cannot be read", "no such file or directory", "check the path"],
        ),
        (
            {"AFK_T3_TOKEN": "", "AFK_T3_TOKEN_COMMAND": "/no/such/command sicret"},
            ["did not print a token", "run it by hand"],
        ),
        ({"AFK_STATE_KEY": ""}, ["Forgejo needs AFK_STATE_KEY", "openssl rand -hex 32"]),
        ({"AFK_STATE_KEY": "tiny-sicret"}, ["shorter than 16 characters", "use a random one"]),
        ({"AFK_STATE_KEY": "sicret" * 9}, ["AFK_STATE_KEY can be guessed", "use a random one"]),
        ({"AFK_STATE_KEY_PREVIOUS": "none"}, ["AFK_STATE_KEY_PREVIOUS is shorter than 16"]),
        ({"AFK_STATE_KEY_PREVIOUS": "sicret" * 9}, ["AFK_STATE_KEY_PREVIOUS can be guessed"]),
        (
            {"AFK_STATE_KEY": "", "AFK_STATE_KEY_PREVIOUS": "sicret-key-of-former-days"},
            ["AFK_STATE_KEY_PREVIOUS is set without AFK_STATE_KEY"],
        ),
        ({"AFK_ISSUE": "seven"}, ["'seven' is no issue's number", "give the number alone"]),
        ({"AFK_ISSUE": "²"}, ["is no issue's number"]),
        ({"AFK_ISSUE": "7"}, ["issue 7 of which repository?", "name the repository too"]),
        ({"AFK_REPOSITORY": "owner/Shop"}, ["owner/Shop is not in the allowlist", "letter by"]),
    ],
)
def test_tick__variable_that_cannot_be_used__is_named_and_nothing_is_sent(
    environ: Mapping[str, str], said: list[str]
) -> None:
    """Of a token only its name is ever shown, in whatever state it is."""
    ticked = alone("tick", environ={**SECRETS, **environ})
    assert ticked.exit_code == 2
    for part in said:
        assert part in ticked.output
    assert "sicret" not in ticked.output
    assert ticked.output.count("error: ") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain", "shop#7"], ["'shop#7' is not an issue", "write OWNER/REPO#N"]),
        (["explain", "owner/shop#0"], ["'owner/shop#0' is not an issue"]),
        (["stop"], ["afk stop takes either OWNER/REPO#N or --all"]),
        (["stop", "owner/shop#7", "--all"], ["afk stop takes either OWNER/REPO#N or --all"]),
        (["stop", "owner/bank#7"], ["owner/bank is not in the allowlist", "letter by letter"]),
        (["tick", "--repo", "owner/bank"], ["owner/bank is not in the allowlist"]),
        (["poll", "--issue", "-7"], ["'-7' is no issue's number", "--issue or AFK_ISSUE"]),
        (["watch", "--issue", "7"], ["issue 7 of which repository?", "--repo"]),
    ],
)
def test_command__that_names_nothing_it_could_act_on__says_so_and_nothing_is_sent(
    arguments: list[str], said: list[str]
) -> None:
    ticked = alone(*arguments)
    assert ticked.exit_code == 2
    for part in said:
        assert part in ticked.output


@pytest.mark.parametrize("command", [["explain", "owner/shop#7"], ["stop", "--all"], ["status"]])
@pytest.mark.parametrize("why", [{"kill_switch": True}, {"allowlist": []}])
def test_command__while_disabled__says_how_to_arm_and_nothing_is_sent(
    command: list[str], why: Mapping[str, Any]
) -> None:
    refused(
        alone(*command, config={**ARMED, **why}),
        f"afk {command[0]} sends nothing while afk is disabled",
        "AFK_KILL_SWITCH=false",
        "`afk stop --all` comes first",
    )


@pytest.mark.parametrize("command", ["tick", "poll", "watch"])
@pytest.mark.parametrize("config", ["", "kill_switch: false", "allowlist: [owner/shop]"])
def test_tick__one_gate_shut_or_none_opened__ends_with_0_and_sends_nothing(
    command: str, config: str
) -> None:
    """Both gates must be opened by a person; no token, key or address is missed before that."""
    ticked = alone(command, config=config, environ={})
    assert ticked.exit_code == 0
    assert ticked.output.startswith("nothing to do: ")


@pytest.mark.parametrize("command", ["tick", "poll", "watch"])
@pytest.mark.parametrize("broken", ["kill_switch: [", "a: &x [*x]", "kil_switch: false", "- a"])
def test_tick__kill_switch_thrown_beside_a_broken_configuration__ends_with_0(
    command: str, broken: str
) -> None:
    """It is asked before the configuration is read, or even looked for."""
    ticked = alone(command, config=broken, environ={"AFK_KILL_SWITCH": "true", "AFK_ODD": "x"})
    assert ticked.exit_code == 0
    assert ticked.output == (
        "nothing to do: the kill switch is on (AFK_KILL_SWITCH says true). To arm afk, set "
        "AFK_KILL_SWITCH to false; `afk doctor` looks everything over first\n"
    )


def test_tick__config_file__is_read_from_the_folder_and_named_when_it_is_not_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "afk.yml").write_text(json.dumps({**ARMED, "kill_switch": True}), encoding="utf-8")
    assert alone("tick", config="", folder=tmp_path).exit_code == 0
    ticked = alone("tick", "--config", "other.yml", config="", folder=tmp_path)
    refused(ticked, "other.yml cannot be read", "no such file", "check the path in --config")
    (tmp_path / "afk.yml").write_text("kill_switch: [", encoding="utf-8")
    refused(
        alone("tick", config="", folder=tmp_path), "afk.yml:1: the configuration is not valid YAML"
    )
