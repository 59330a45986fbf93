"""From YAML and environment to a configuration, or to an error that says what to mend."""

from dataclasses import fields
from datetime import date
from itertools import product

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.factories import REPO

from afk.config import CIConfig, Config, RepositoryConfig, StageConfig, T3Config
from afk.environment.settings import load, parse_boolean
from afk.errors import ConfigError
from afk.variables import KNOWN

WHOLE = """
kill_switch: false
allowlist: [acme/app]
draining: [acme/old]
repositories:
  acme/app:
    workspace: /srv/app
    branch: trunk
    instance: claude
    model: opus
    ci: {required: [test], ignore: [nightly], none: green, grace_seconds: 60}
    deploy: {workflow: deploy}
    rollout: {probe: 'https://app.test/version?{sha}', probe_json: commit}
  acme/old: {workspace: /srv/old}
trusted: [10, mara]
own_accounts: [1]
t3: {url: 'http://t3.test', public_url: 'https://t3.example.org', timezone: Europe/Rome}
forge_url: https://git.example.org/api/v1
notify: [ntfy]
max_in_flight: 2
"""


def test_load__nothing_at_all__is_the_disabled_default() -> None:
    assert load("", {}) == Config()
    assert load("  \n# only a remark\n", {}) == Config()


def test_load__a_whole_file__is_every_value_in_its_place() -> None:
    assert load(WHOLE, {}) == Config(
        kill_switch=False,
        allowlist=(REPO,),
        draining=("acme/old",),
        repositories={
            REPO: RepositoryConfig(
                workspace="/srv/app",
                branch="trunk",
                instance="claude",
                model="opus",
                ci=CIConfig(
                    required=("test",), ignore=("nightly",), none="green", grace_seconds=60
                ),
                deploy=StageConfig(workflow="deploy"),
                rollout=StageConfig(probe="https://app.test/version?{sha}", probe_json="commit"),
            ),
            "acme/old": RepositoryConfig(workspace="/srv/old"),
        },
        trusted=(10, "mara"),
        own_accounts=(1,),
        t3=T3Config(
            url="http://t3.test", public_url="https://t3.example.org", timezone="Europe/Rome"
        ),
        forge_url="https://git.example.org/api/v1",
        notify=("ntfy",),
        max_in_flight=2,
    )


SPOKEN = {None: None, "true": True, "false": False}


@pytest.mark.parametrize(("file", "variable"), list(product(SPOKEN, SPOKEN)))
def test_load__kill_switch__is_off_only_if_somebody_says_off_and_nobody_on(
    file: str | None, variable: str | None
) -> None:
    """The one setting without precedence: whoever says on, wins."""
    text = "" if file is None else f"kill_switch: {file}"
    environ = {} if variable is None else {"AFK_KILL_SWITCH": variable}
    said = {SPOKEN[file], SPOKEN[variable]}
    assert load(text, environ).kill_switch is not (False in said and True not in said)


@pytest.mark.parametrize("value", ["off", "no", "0", "", "fals", "truee", "none", "1", "t r u e"])
def test_load__kill_switch_variable_that_is_neither__never_arms(value: str) -> None:
    """An unreadable kill switch is on: an error, or as if nobody had said anything."""
    if value:
        with pytest.raises(ConfigError, match="AFK_KILL_SWITCH"):
            load("kill_switch: false", {"AFK_KILL_SWITCH": value})
    assert load("", {"AFK_KILL_SWITCH": ""}).kill_switch


@pytest.mark.parametrize("value", ["'false'", "0", "1", "null", "[false]", "{}", "fals", "2.0"])
def test_load__kill_switch_in_the_file_that_is_neither__is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="kill_switch"):
        load(f"kill_switch: {value}", {})


@pytest.mark.parametrize("word", ["TRUE", "True", "true"])
def test_parse_boolean__true_in_any_case__is_true(word: str) -> None:
    assert parse_boolean("AFK_DRY_RUN", word)


def test_parse_boolean__false__is_false() -> None:
    assert not parse_boolean("AFK_DRY_RUN", "False")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("a/b", ("a/b",)),
        ("a/b,c/d", ("a/b", "c/d")),
        (" a/b , c/d ", ("a/b", "c/d")),
        ("a/b\nc/d\n", ("a/b", "c/d")),
        ("a/b c/d,", ("a/b", "c/d")),
        ("", ("x/y",)),
        ("  ", ("x/y",)),
    ],
)
def test_load__allowlist_variable__takes_the_place_of_the_file_s(
    value: str, names: tuple[str, ...]
) -> None:
    """An action passes an omitted input as an empty variable, which counts as unset."""
    assert load("allowlist: [x/y]", {"AFK_ALLOWLIST": value}).allowlist == names


@pytest.mark.parametrize("value", [",", "a/b;c/d", "*", "a/b/c"])
def test_load__allowlist_variable_without_names__is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="is not a repository name"):
        load("", {"AFK_ALLOWLIST": value})


def test_load__address_variables__win_over_the_file() -> None:
    text = "t3: {url: 'http://a', model: m}\nforge_url: http://b"
    loaded = load(text, {"AFK_T3_URL": "http://c", "AFK_FORGE_URL": " http://d "})
    assert loaded.t3 == T3Config(url="http://c", model="m")
    assert loaded.forge_url == "http://d"
    assert load(text, {}).forge_url == "http://b"


@pytest.mark.parametrize(
    ("text", "named", "hint"),
    [
        ("kill_swich: true", "kill_swich", "kill_switch"),
        ("t3: {urll: x}", "t3.urll", "url"),
        ("repositories: {a/b: {workspac: /x}}", "repositories.a/b.workspac", "workspace"),
        ("repositories: {a/b: {workspace: /x, ci: {requird: []}}}", "ci.requird", "required"),
        ("zzzzzz: 1", "zzzzzz", "docs/reference.md"),
    ],
)
def test_load__misspelt_key__is_refused_with_a_suggestion(text: str, named: str, hint: str) -> None:
    with pytest.raises(ConfigError, match="not a setting afk knows") as caught:
        load(text, {})
    assert named in caught.value.what
    assert hint in caught.value.next_step


def test_load__unknown_variable__is_refused_unless_empty_or_somebody_else_s() -> None:
    with pytest.raises(ConfigError, match="AFK_KILSWITCH") as caught:
        load("", {"AFK_KILSWITCH": "true"})
    assert "AFK_KILL_SWITCH" in caught.value.next_step
    assert load("", {"AFK_KILSWITCH": " ", "PATH": "/bin"}) == Config()


def test_load__every_documented_variable__is_known() -> None:
    values = {"AFK_KILL_SWITCH": "true", "AFK_ALLOWLIST": "a/b"}
    for name in KNOWN:
        assert load("", {name: values.get(name, "x")}).kill_switch


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a", "not a mapping"),
        ("just text", "not a mapping"),
        ("a: [", "AFK_CONFIG:1: the configuration is not valid YAML"),
        ("kill_switch: true\na: :b: c", "AFK_CONFIG:2: the configuration is not valid YAML"),
        ("\x00", "not valid YAML"),
        ("max_in_flight: '4'", "max_in_flight"),
        ("\n\nmax_in_flight: 4.0", "AFK_CONFIG:3: max_in_flight: '4.0'"),
        ("max_in_flight: true", "max_in_flight"),
        ("max_in_flight: .inf", "max_in_flight"),
        ("max_in_flight: null", "max_in_flight"),
        ("max_in_flight: -1", "max_in_flight is -1"),
        ("allowlist: acme/app", "allowlist"),
        ("trusted: [true]", "trusted"),
        ("repositories: {a/b: {}}", "repositories.a/b.workspace"),
        ("repositories: {a/b: {workspace: /x, ci: {none: grey}}}", "ci.none"),
        ('ready_label: "\\ud800"', "Invalid JSON"),
        ("t3:\n  modell: x", "AFK_CONFIG:2: t3.modell in the configuration"),
        ("t3: {model: m}\nallowlist:\n- a/b\n- a/../c", "AFK_CONFIG:4: 'a/../c' is not a"),
        ("kill_switch: true\nallowlist: [5]", "AFK_CONFIG:2: allowlist.0: Input should be"),
        ("repositories:\n  a/b: {workspace: /x}\n  c/d: {workspace: x}", "AFK_CONFIG:3: work"),
        ("repositories:\n  a/b:\n    workspace: /x\n  c:\n    workspace: /y", "AFK_CONFIG:4: 'c'"),
        ("trusted:\n- 4711\n- '@mara'", "AFK_CONFIG:3: trusted lists '@mara'"),
        ("kill_switch: true\nmax_in_flight: -1", "AFK_CONFIG:2: max_in_flight is -1"),
        ("kill_switch: true\nlanding: x", "AFK_CONFIG:2: landing: Input should be 'push' or"),
    ],
)
def test_load__text_that_is_not_exactly_understood__is_refused(text: str, says: str) -> None:
    """Never a guess, never another exception, and an error a person can act on."""
    with pytest.raises(ConfigError) as caught:
        load(text, {})
    assert says in caught.value.what
    assert caught.value.next_step
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)


ARMED = """kill_switch: false
allowlist: [acme/app]
t3: {url: %s}
repositories:
  acme/app: {workspace: /srv/app}
"""


def test_load__armed_and_cannot_work__is_refused_with_the_line() -> None:
    """What a disabled configuration may still lack is asked for once it is armed."""
    assert load(ARMED % "'http://t3'", {}).disabled == ""
    with pytest.raises(ConfigError, match=r"^AFK_CONFIG:3: t3.url \(or AFK_T3_URL\) is no plain"):
        load(ARMED % "t3", {})
    with pytest.raises(ConfigError, match=r"^afk.yml:2: acme/other has no entry"):
        load((ARMED % "http://t3").replace("[acme/app]", "[acme/other]"), {}, "afk.yml")
    with pytest.raises(ConfigError, match=r"^t3.url is not set"):
        load(ARMED % "''", {})
    assert load((ARMED % "t3").replace("false", "true"), {}).t3.url == "t3"


def test_load__variable_that_is_wrong__names_no_line() -> None:
    with pytest.raises(ConfigError, match=r"^t3.url \(or AFK_T3_URL\) is no plain address"):
        load(ARMED % "http://t3", {"AFK_T3_URL": "nowhere"})


def test_load__kill_switch_thrown_in_the_environment__reads_nothing() -> None:
    assert load("kill_switch: [", {"AFK_KILL_SWITCH": "true", "AFK_NONSENSE": "x"}) == Config()


VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates()
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from([item.name for item in fields(Config)]), st.text(max_size=5)),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)
TAGS = ("!!int ", "!!bool ", "!!set ", "!!timestamp ", "!!null ", "&a ", "*a")
WORDS = ("kill_switch", "allowlist", "off", "true", "a/b", "2020-01-01", "1:2", ".nan", "<<", "---")
MARKS = (": ", "\n", "- ", ", ", "? ", *"[]{}'\"%>|~#\\\t")
YAML_PIECES = st.sampled_from((*TAGS, *WORDS, *MARKS))


def flow(value: object) -> str:
    """Return a value as flow YAML, keys and texts as they are."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return value.isoformat() if isinstance(value, date) else str(value)


@given(
    st.one_of(
        VALUES.map(flow),
        st.dictionaries(st.sampled_from([item.name for item in fields(Config)]), VALUES).map(
            lambda top: "\n".join(f"{key}: {flow(one)}" for key, one in top.items())
        ),
        st.lists(st.one_of(YAML_PIECES, st.text(max_size=3)), max_size=12).map("".join),
    ),
    st.dictionaries(st.sampled_from([*KNOWN, "AFK_OTHER", "HOME"]), st.text(max_size=9)),
)
def test_load__any_text_and_variables__is_a_configuration_or_a_config_error(
    text: str, environ: dict[str, str]
) -> None:
    """And it arms only if somebody said off, and nobody on."""
    try:
        loaded = load(text, environ)
    except ConfigError:
        return
    if not loaded.kill_switch:
        written = (yaml.safe_load(text) or {}).get("kill_switch")
        spoken = environ.get("AFK_KILL_SWITCH", "").strip().lower()
        assert written is False or spoken == "false"
        assert written is not True
        assert spoken != "true"
