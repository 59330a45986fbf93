"""The table of variables: no secret in it is ever shown, and none has been left out of it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from support.poll_rig import alone

from afk.cli import parser
from afk.config import Config
from afk.errors import ConfigError
from afk.variables import DOORBELLS, KINDS, KNOWN, PLACES, SECRETS, SETTINGS

ROOT: Final = Path(__file__).resolve().parents[2]
HUSH: Final = "hush-0123456789-sicret"
VARIABLE: Final = re.compile(r"\b(?:AFK_[A-Z0-9_]*[A-Z0-9]|GITHUB_TOKEN)\b")
SOURCES: Final = sorted((ROOT / "afk").rglob("*.py"))


def action() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", SECRETS)
def test_secret__in_whatever_is_shown__is_masked(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Log, summary and ``--json``: here an error repeats it, as a careless library would."""
    shown = tmp_path / "summary"
    environ = {
        name: f" {HUSH}\n",
        "GITHUB_API_URL": "https://api.github.com",
        "GITHUB_STEP_SUMMARY": str(shown),
    }
    careless = f"{HUSH}: 1"

    log = alone("tick", config=careless, environ=environ).output
    document = alone("tick", "--json", config=careless, environ=environ)
    summary = shown.read_text(encoding="utf-8")
    (said,) = document.document["said"]

    for text in (log, said["text"], summary, capsys.readouterr().err):
        assert "*** in the configuration is not a setting" in text.replace("`", "")
        assert HUSH not in text
    assert HUSH not in document.output
    assert summary.count("### afk tick") == 2


def test_same_text__in_a_variable_that_holds_no_secret__is_shown() -> None:
    """Else the test above would prove nothing."""
    for name in (*SETTINGS, *PLACES):
        if name.startswith("AFK_CONFIG"):
            continue
        assert HUSH in alone("tick", config=f"{HUSH}: 1", environ={name: HUSH}).output


def test_secrets__of_the_action__are_those_of_the_table() -> None:
    """A name that is taken off the table would be printed: both ways round it is found out."""
    (step,) = action()["runs"]["steps"]
    of_inputs = {
        f"AFK_{name.upper().replace('-', '_')}"
        for name, one in action()["inputs"].items()
        if "(a secret)" in one["description"]
    }
    of_the_job = {name for name, text in step["env"].items() if "github.token" in text}

    # Where a person has the machine, not in an action.
    by_hand = {"AFK_T3_TOKEN_COMMAND", "AFK_SETUP_TOKEN"}
    assert of_inputs | of_the_job == set(SECRETS) - by_hand


def test_secrets__that_a_name_gives_away__are_in_the_table() -> None:
    """Whoever adds a variable of this kind has to say that it is one."""
    telling = re.compile(
        r"_(?:TOKEN|TOKEN_COMMAND|KEY|KEY_PREVIOUS|WEBHOOK|WEBHOOK_URL|NTFY_URL|SECRET)$"
    )
    named = {one for path in SOURCES for one in VARIABLE.findall(path.read_text(encoding="utf-8"))}

    assert {one for one in named if telling.search(one)} == set(SECRETS)


def test_variables__named_in_the_code__are_known_and_used() -> None:
    """Those of doorbells are read by way of the table alone."""
    texts = {path: path.read_text(encoding="utf-8") for path in SOURCES}
    elsewhere = {
        one
        for path, text in texts.items()
        if path.name != "variables.py"
        for one in VARIABLE.findall(text)
    }
    of_doorbells = {name for one in DOORBELLS.values() for name in one.secrets}

    assert elsewhere == set(KNOWN) - of_doorbells


def test_kinds__of_variables__share_none() -> None:
    assert len(KNOWN) == len(set(KNOWN)) == sum(len(some) for some in KINDS.values())
    assert all(text for some in KINDS.values() for text in some.values())


def test_doorbells__of_all_kinds__have_secrets_of_their_own() -> None:
    names = [name for one in DOORBELLS.values() for name in one.secrets]

    assert len(names) == len(set(names))
    assert set(names) <= set(SECRETS)


def test_config__notify__takes_the_kinds_of_the_table_and_no_other() -> None:
    assert Config(notify=tuple(DOORBELLS)).notify == tuple(DOORBELLS)
    with pytest.raises(ConfigError) as caught:
        Config(notify=("pigeon",))
    assert f"notify: {', '.join(DOORBELLS)};" in caught.value.next_step


def test_help__names_every_variable_and_what_it_is_for() -> None:
    told = parser().format_help()

    for some in KINDS.values():
        for name, text in some.items():
            assert re.search(rf"^    {name} +{re.escape(text)}$", told, re.MULTILINE)
