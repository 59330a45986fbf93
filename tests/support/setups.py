"""Answers, machines and secrets that tests of `afk init` begin with."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from afk.setup.facts import (
    Answers,
    Given,
    Machine,
    Place,
)
from afk.types import Forge

ROOT: Final = Path(__file__).resolve().parents[2]
COMMIT: Final = "0123456789" * 4
HERE: Final = Answers(
    forge=Forge.FORGEJO,
    forge_url="https://forge.test/api/v1",
    web="https://forge.test",
    place=Place.HERE,
    repositories=("mara/shop",),
    workspaces={"mara/shop": "/srv/shop"},
    t3_url="http://127.0.0.1:3773",
)
ON_A_RUNNER: Final = replace(
    HERE, place=Place.OWN, home_repo="mara/loop", runner="shed", action=f"mara/afk@{COMMIT}"
)
LINUX: Final = Machine(system="linux", python="/opt/afk/bin/python", folder="/srv/loop", home="/m")
MAC: Final = replace(LINUX, system="darwin", home="/Users of mine/mara")
SECRETS: Final = (Given("AFK_TOKEN", "t0ken-of-afk"), Given("AFK_STATE_KEY", "k" * 8 + "1" * 56))


def template(forge: Forge) -> str:
    return (ROOT / f".{forge.value}/workflows/afk.yml").read_text(encoding="utf-8")
