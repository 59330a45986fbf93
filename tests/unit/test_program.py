"""What `pip install` gives: a program with everything that it writes and serves."""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from afk.environment.origin import origin, with_extra
from afk.installing import action, template, this_machine
from afk.setup.plan import workflow_path
from afk.types import Forge

ROOT: Final = Path(__file__).resolve().parents[2]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_program__is_called_afk() -> None:
    assert project()["project"]["scripts"] == {"afk": "afk.__main__:run"}


@pytest.mark.parametrize("forge", list(Forge))
def test_wheel__carries_the_workflow_that_init_writes(forge: Forge) -> None:
    """In a clone, as here, init reads it where the forge does."""
    build = project()["tool"]["hatch"]["build"]["targets"]
    shipped = workflow_path(forge)
    assert build["wheel"]["force-include"][shipped] == f"afk/setup/workflows/{forge.value}.yml"
    assert f"/{shipped}" in build["sdist"]["include"]
    assert template(forge) == (ROOT / shipped).read_text(encoding="utf-8")


def test_extras__of_init__are_not_a_tick_s() -> None:
    wanted = project()["project"]
    assert not [one for one in wanted["dependencies"] if "nacl" in one]
    assert [one for one in wanted["optional-dependencies"]["init"] if "nacl" in one]


def test_action__names_this_afk_where_the_forge_can_reach_it() -> None:
    remote, commit = origin()
    found = action(Forge.FORGEJO, "https://forge.test")
    if remote is None or not commit:
        assert found == ""
        return
    assert found == f"{remote.web}/{remote.repository}@{commit}"
    assert action(Forge.GITHUB, "https://elsewhere.test") == ""
    assert action(Forge.GITHUB, remote.web) == f"{remote.repository}@{commit}"


def test_machine__is_this_one(tmp_path: Path) -> None:
    found = this_machine(tmp_path)
    assert Path(found.python).exists()
    assert (found.folder, Path(found.home)) == (str(tmp_path), Path.home())


def test_extra__is_installed_from_where_this_afk_is() -> None:
    """Never by its bare name, which may be another program's in an index."""
    remote, commit = origin()
    told = with_extra("sandbox")
    assert told.startswith("pip install ")
    assert "[sandbox]" in told
    assert "'afk[sandbox]'" not in told
    assert str(ROOT) in told or (remote is not None and commit in told)
