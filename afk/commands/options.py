"""The options and arguments that commands take. Light on purpose, as the table of them is."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_SHORTEST: Final = 1
_LONGEST: Final = 86_400


@dataclass(frozen=True, slots=True)
class Option:
    """An option or argument: its name, and what argparse is told of it."""

    name: str
    about: Mapping[str, Any] = field(default_factory=dict)


def seconds(text: str) -> float:
    """Return a number of seconds that a clock can wait for; argparse tells of anything else."""
    value = float(text)
    if not _SHORTEST <= value <= _LONGEST:
        raise argparse.ArgumentTypeError(f"give a number from {_SHORTEST} to {_LONGEST}")
    return value


def text(name: str, shown: str, about: str) -> Option:
    """Return an option that takes a text; ``shown`` is what help calls it."""
    return Option(name, {"default": "", "metavar": shown, "help": about})


def texts(name: str, shown: str, about: str) -> Option:
    """Return an option that takes one text each time that it is given."""
    more = {"action": "append", "default": [], "help": f"{about} (may be given again)"}
    return Option(name, {"metavar": shown, **more})


JSON: Final = Option(
    "--json", {"action": "store_true", "help": "print one JSON document instead of text"}
)
CONFIG: Final = Option(
    "--config",
    {
        "default": "",
        "metavar": "FILE",
        "help": "the configuration (else AFK_CONFIG_FILE or afk.yml)",
    },
)
DRY_RUN: Final = Option(
    "--dry-run", {"action": "store_true", "help": "say what would be done, and do nothing"}
)
NAMED: Final = Option(
    "issue",
    {
        "nargs": "?",
        "metavar": "OWNER/REPO#N",
        "help": "else AFK_REPOSITORY and AFK_ISSUE say which",
    },
)
ALL: Final = Option("--all", {"action": "store_true", "help": "every run that is not over"})
ALL_GATES: Final = Option(
    "--all", {"action": "store_true", "help": "every condition, those too that are met"}
)
REPO: Final = Option(
    "--repo", {"default": "", "metavar": "OWNER/REPO", "help": "for this repository alone"}
)
NUMBER: Final = Option(
    "--issue",
    {"default": 0, "type": int, "metavar": "N", "help": "for this issue alone (with --repo)"},
)
FORGE: Final = Option(
    "--forge",
    {
        "default": "github",
        "choices": ("github", "forgejo"),
        "help": "the forge that is played (%(default)s)",
    },
)
EVENTS: Final = Option("--all", {"action": "store_true", "help": "print every event"})
OPEN: Final = Option(
    "--open", {"action": "store_true", "help": "show the story as a page in the browser, too"}
)
PORT: Final = Option(
    "--port",
    {
        "default": None,
        "type": int,
        "metavar": "N",
        "help": "the port of the forge; T3 has the next; 0: any",
    },
)
SPEED: Final = Option(
    "--speed",
    {
        "default": 1.0,
        "type": float,
        "metavar": "X",
        "help": "2: agents and CI twice as fast (%(default)s)",
    },
)
FIX: Final = Option("--fix", {"action": "store_true", "help": "create the labels that are missing"})
RING: Final = Option("--ring", {"action": "store_true", "help": "ring every doorbell once"})
BRIEF: Final = Option("--brief", {"action": "store_true", "help": "leave out what is well"})
OUT: Final = Option(
    "--out",
    {"default": "afk-report.html", "metavar": "FILE", "help": "where to write it (%(default)s)"},
)
DAYS: Final = Option(
    "--days",
    {"default": 30, "type": int, "metavar": "N", "help": "how far to look back (%(default)s)"},
)
SHARDS: Final = Option(
    "--shards",
    {"default": 8, "type": int, "metavar": "N", "help": "at most so many shards (%(default)s)"},
)
FILL: Final = Option(
    "--fill",
    {
        "default": 25,
        "type": int,
        "metavar": "N",
        "help": "another shard where there is more to do than this for each (%(default)s)",
    },
)
SAVE: Final = Option(
    "--save",
    {"default": "", "metavar": "FILE", "help": "write down what is asked and answered, for replay"},
)
OF_A_TICK: Final = (JSON, CONFIG, DRY_RUN, REPO, NUMBER, SAVE)
EVERY: Final = Option(
    "--every",
    {
        "default": 0.0,
        "type": seconds,
        "metavar": "SECONDS",
        "help": "look again and again, so many seconds apart: until stopped, or in a workflow "
        "until no agent is at work",
    },
)
FOR: Final = Option(
    "--for",
    {
        "default": 0.0,
        "type": seconds,
        "dest": "time_limit",
        "metavar": "SECONDS",
        "help": "with --every: begin no look that would not end in this time (in a workflow: "
        "eight minutes)",
    },
)
