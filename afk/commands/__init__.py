"""The table of commands; what each does stands in a file of its own, loaded when it is asked for.

Light on purpose: a disabled tick imports this, and none of what talks to servers.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from afk.deps import Deps
    from afk.doctor.patient import Patient

Run = Callable[[argparse.Namespace, "Deps", Mapping[str, str]], dict[str, object]]
"""Carries out a command; returns what ``--json`` shows beside what was said."""

Examine = Callable[[argparse.Namespace, "Patient", Mapping[str, str]], dict[str, object]]
"""Likewise, for a command that looks at whatever there is, right or wrong, armed or not."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option or argument: its name, and what argparse is told of it."""

    name: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its help, its options, and how to get the function behind it.

    ``load`` is None where the command line needs neither configuration nor servers for it and has
    its own way, or where ``examine`` is given, which needs no configuration that works.
    ``needs_arming``: while afk is disabled it is refused instead of doing nothing.
    ``reads_only``: it is given ports whose writing methods refuse.
    """

    help: str
    options: tuple[Option, ...]
    load: Callable[[], Run] | None = None
    examine: Callable[[], Examine] | None = None
    needs_arming: bool = False
    reads_only: bool = False


def _tick() -> Run:
    from afk.commands import tick  # noqa: PLC0415  see the module's docstring

    return tick.run


def _explain() -> Run:
    from afk.commands import explain  # noqa: PLC0415  likewise

    return explain.run


def _status() -> Run:
    from afk.commands import status  # noqa: PLC0415  likewise

    return status.run


def _stop() -> Run:
    from afk.commands import stop  # noqa: PLC0415  likewise

    return stop.run


def _doctor() -> Examine:
    from afk.commands import doctor  # noqa: PLC0415  likewise

    return doctor.run


_JSON: Final = Option("--json", {"action": "store_true", "help": "one JSON document on stdout"})
_CONFIG: Final = Option(
    "--config", {"default": "", "metavar": "FILE", "help": "configuration file"}
)
_DRY_RUN: Final = Option(
    "--dry-run", {"action": "store_true", "help": "decide and print, write nothing"}
)
_NAMED: Final = Option(
    "issue",
    {
        "nargs": "?",
        "metavar": "OWNER/REPO#N",
        "help": "else AFK_REPOSITORY and AFK_ISSUE say which",
    },
)
_ALL: Final = Option("--all", {"action": "store_true", "help": "every run in flight"})
_ALL_GATES: Final = Option(
    "--all", {"action": "store_true", "help": "every gate, those too that let it through"}
)
_REPO: Final = Option("--repo", {"default": "", "metavar": "OWNER/REPO"})
_NUMBER: Final = Option("--issue", {"default": 0, "type": int, "metavar": "N"})
_FIX: Final = Option(
    "--fix", {"action": "store_true", "help": "create the labels that are missing"}
)
_RING: Final = Option("--ring", {"action": "store_true", "help": "ring every doorbell once"})
_OF_A_TICK: Final = (_JSON, _CONFIG, _DRY_RUN, _REPO, _NUMBER)

COMMANDS: Final[Mapping[str, Command]] = {
    "tick": Command(
        help="watch, then poll: what the workflow runs", options=_OF_A_TICK, load=_tick
    ),
    "poll": Command(help="start the ready issues that may start", options=_OF_A_TICK, load=_tick),
    "watch": Command(help="drive the runs in flight", options=_OF_A_TICK, load=_tick),
    "explain": Command(
        help="say what becomes of an issue, and what keeps it from starting",
        options=(_JSON, _CONFIG, _NAMED, _ALL_GATES),
        load=_explain,
        needs_arming=True,
        reads_only=True,
    ),
    "status": Command(
        help="what is at work, what waits for what, and what ended lately",
        options=(_JSON, _CONFIG),
        load=_status,
        needs_arming=True,
        reads_only=True,
    ),
    "stop": Command(
        help="stop a run, or all of them",
        options=(_JSON, _CONFIG, _DRY_RUN, _NAMED, _ALL),
        load=_stop,
        needs_arming=True,
    ),
    "doctor": Command(
        help="look over everything that afk needs, and say what is wrong and how to mend it",
        options=(_JSON, _CONFIG, _FIX, _RING),
        examine=_doctor,
    ),
    "demo": Command(help="show the loop working, on servers inside this process", options=(_JSON,)),
}
