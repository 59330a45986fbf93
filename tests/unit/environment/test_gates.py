"""Which place shuts or opens the gates; and what a look through a whole configuration finds."""

import pytest

from afk.environment.settings import Loaded, loaded, looked_through
from afk.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "environ", "shut", "says"),
    [
        ("", {}, True, "it ships on, and neither AFK_KILL_SWITCH nor afk.yml says otherwise"),
        ("kill_switch: true", {}, True, "kill_switch: true in afk.yml:1"),
        ("\nkill_switch: false", {}, False, "kill_switch: false in afk.yml:2"),
        ("kill_switch: false", {"AFK_KILL_SWITCH": "TRUE"}, True, "AFK_KILL_SWITCH says true"),
        ("kill_switch: true", {"AFK_KILL_SWITCH": "false"}, True, "kill_switch: true in afk.yml:1"),
        ("", {"AFK_KILL_SWITCH": " false "}, False, "AFK_KILL_SWITCH says false"),
        ("kill_switch: maybe", {}, True, "what is said of it cannot be read, so it is on"),
        ("", {"AFK_KILL_SWITCH": "off"}, True, "what is said of it cannot be read, so it is on"),
    ],
)
def test_kill_switch__by_who_speaks__names_the_place(
    text: str, environ: dict[str, str], shut: object, says: str
) -> None:
    gate = looked_through(text, environ, "afk.yml").kill_switch
    assert (gate.shut, gate.says) == (shut, says)
    assert bool(gate.told) == shut


def test_kill_switch__text_that_cannot_be_read__is_on() -> None:
    found = looked_through(None, {})
    assert (found.kill_switch.shut, found.allowlist.shut) == (True, True)


@pytest.mark.parametrize(
    ("text", "environ", "shut", "says"),
    [
        ("", {}, True, "neither AFK_ALLOWLIST nor afk.yml names a repository"),
        ("allowlist: []", {}, True, "allowlist in afk.yml:1 names no repository"),
        ("allowlist: [a/b]", {}, False, "allowlist in afk.yml:1 names a/b"),
        ("draining: [a/b]", {}, False, "draining in afk.yml names a/b"),
        ("allowlist: [a/b]", {"AFK_ALLOWLIST": "c/d, e/f"}, False, "AFK_ALLOWLIST names c/d, e/f"),
        ("allowlist: [a/b]", {"AFK_ALLOWLIST": " "}, False, "allowlist in afk.yml:1 names a/b"),
        ("", {"AFK_ALLOWLIST": "nonsense"}, True, "AFK_ALLOWLIST names no repository"),
    ],
)
def test_allowlist__by_who_speaks__names_the_place(
    text: str, environ: dict[str, str], shut: object, says: str
) -> None:
    gate = looked_through(text, environ, "afk.yml").allowlist
    assert (gate.shut, gate.says) == (shut, says)


def test_disabled__by_the_allowlist__says_what_to_do() -> None:
    one = loaded("kill_switch: false", {}, "afk.yml")
    assert one.disabled == (
        "the allowlist is empty (neither AFK_ALLOWLIST nor afk.yml names a repository). To arm "
        "afk, name a repository (owner/name) in AFK_ALLOWLIST, or in allowlist; `afk doctor` "
        "looks everything over first"
    )


def test_disabled__armed__is_empty() -> None:
    text = (
        "{kill_switch: false, allowlist: [a/b], t3: {url: 'http://t3.test'}, "
        "repositories: {a/b: {workspace: /srv/b}}}"
    )
    assert loaded(text, {}).disabled == ""


def told(found: Loaded) -> str:
    return " ".join(map(str, (*found.problems, *found.variables)))


def test_looked_through__everything_at_once__armed_or_not() -> None:
    found = looked_through(
        "kill_switch: true\nt3: {url: 'http://t3.test/x'}\nmodel: y\nallowlist: [a/b]",
        {"AFK_DRY_RUN": "perhaps", "AFK_MODLE": "x", "AFK_ALLOWLIST": "a"},
    )
    for part in (
        "has a path: /x",
        "model in the configuration is not a setting",
        "AFK_DRY_RUN is 'perhaps'",
        "AFK_MODLE in the environment is not a setting",
        "'a' is not a repository name",
    ):
        assert part in told(found)
    assert len(found.variables) == 1


@pytest.mark.parametrize(
    ("name", "cause", "next_step"),
    [
        ("AFK_FOLDER", "the action's input `folder`", "unset AFK_FOLDER"),
        ("AFK_MODEL", "t3.model is a setting of the configuration", "write t3.model into afk.yml"),
        ("AFK_T3_INSTANCE", "t3.instance is a setting", "write t3.instance into"),
        ("AFK_CI_NONE", "ci.none is a setting", "write ci.none into"),
        ("AFK_MERGE_METHOD", "merge_method is a setting", "write merge_method into"),
        ("AFK_KILLSWITCH", "misspelt", "did you mean AFK_KILL_SWITCH?"),
        ("AFK_T3_TOKN", "misspelt", "did you mean AFK_T3_TOKEN?"),
        ("AFK_ZZZZZZ", "misspelt", "unset it; `afk --help` lists them all"),
    ],
)
def test_variable__that_afk_does_not_know__is_told_what_is_meant(
    name: str, cause: str, next_step: str
) -> None:
    (error,) = looked_through("", {name: "x"}).variables
    assert isinstance(error, ConfigError)
    assert name in error.what
    assert cause in error.cause
    assert next_step in error.next_step


@pytest.mark.parametrize(
    "text", ["a:\n  b: 1\n c: 2\n", "a: 1\n  b: 2\n", "a: [1,\nb: 2\n", "- a\nb: 1\n", "a: 'x\n"]
)
def test_yaml__of_bad_indentation__names_the_reason_and_never_none(text: str) -> None:
    (problem, *_) = looked_through(text, {}, "afk.yml").problems
    assert "None" not in str(problem)
    assert problem.what.startswith("afk.yml:")
