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

_SHORTEST: Final = 1
_LONGEST: Final = 86_400

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


def seconds(text: str) -> float:
    """Return a number of seconds that a clock can wait for; argparse tells of anything else."""
    value = float(text)
    if not _SHORTEST <= value <= _LONGEST:
        raise argparse.ArgumentTypeError(f"give a number from {_SHORTEST} to {_LONGEST}")
    return value


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


def _text(name: str, shown: str, text: str) -> Option:
    return Option(name, {"default": "", "metavar": shown, "help": text})


def _texts(name: str, shown: str, text: str) -> Option:
    more = {"action": "append", "default": [], "help": f"{text} (may be given again)"}
    return Option(name, {"metavar": shown, **more})


def _doctor() -> Examine:
    from afk.commands import doctor  # noqa: PLC0415  likewise

    return doctor.run


def _report() -> Run:
    from afk.commands import report  # noqa: PLC0415  likewise

    return report.run


_JSON: Final = Option(
    "--json", {"action": "store_true", "help": "print one JSON document instead of text"}
)
_CONFIG: Final = Option(
    "--config",
    {
        "default": "",
        "metavar": "FILE",
        "help": "the configuration (else AFK_CONFIG_FILE or afk.yml)",
    },
)
_DRY_RUN: Final = Option(
    "--dry-run", {"action": "store_true", "help": "say what would be done, and do nothing"}
)
_NAMED: Final = Option(
    "issue",
    {
        "nargs": "?",
        "metavar": "OWNER/REPO#N",
        "help": "else AFK_REPOSITORY and AFK_ISSUE say which",
    },
)
_ALL: Final = Option("--all", {"action": "store_true", "help": "every run that is not over"})
_ALL_GATES: Final = Option(
    "--all", {"action": "store_true", "help": "every condition, those too that are met"}
)
_REPO: Final = Option(
    "--repo", {"default": "", "metavar": "OWNER/REPO", "help": "for this repository alone"}
)
_NUMBER: Final = Option(
    "--issue",
    {"default": 0, "type": int, "metavar": "N", "help": "for this issue alone (with --repo)"},
)
_FORGE: Final = Option(
    "--forge",
    {
        "default": "github",
        "choices": ("github", "forgejo"),
        "help": "the forge that is played (%(default)s)",
    },
)
_EVENTS: Final = Option("--all", {"action": "store_true", "help": "print every event"})
_OPEN: Final = Option(
    "--open", {"action": "store_true", "help": "show the story as a page in the browser, too"}
)
_PORT: Final = Option(
    "--port",
    {
        "default": None,
        "type": int,
        "metavar": "N",
        "help": "the port of the forge; T3 has the next; 0: any",
    },
)
_SPEED: Final = Option(
    "--speed",
    {
        "default": 1.0,
        "type": float,
        "metavar": "X",
        "help": "2: agents and CI twice as fast (%(default)s)",
    },
)
_FIX: Final = Option(
    "--fix", {"action": "store_true", "help": "create the labels that are missing"}
)
_RING: Final = Option("--ring", {"action": "store_true", "help": "ring every doorbell once"})
_BRIEF: Final = Option("--brief", {"action": "store_true", "help": "leave out what is well"})
_OUT: Final = Option(
    "--out",
    {"default": "afk-report.html", "metavar": "FILE", "help": "where to write it (%(default)s)"},
)
_DAYS: Final = Option(
    "--days",
    {"default": 30, "type": int, "metavar": "N", "help": "how far to look back (%(default)s)"},
)
_OF_A_TICK: Final = (_JSON, _CONFIG, _DRY_RUN, _REPO, _NUMBER)
_EVERY: Final = Option(
    "--every",
    {
        "default": 0.0,
        "type": seconds,
        "metavar": "SECONDS",
        "help": "look again and again, so many seconds apart: until stopped, or in a workflow "
        "until no agent is at work",
    },
)
_FOR: Final = Option(
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

COMMANDS: Final[Mapping[str, Command]] = {
    "tick": Command(
        help="look once: see to the runs that are under way, then start what may start",
        options=(*_OF_A_TICK, _EVERY, _FOR),
        load=_tick,
    ),
    "poll": Command(
        help="the second half of a tick alone: start what may start", options=_OF_A_TICK, load=_tick
    ),
    "watch": Command(
        help="the first half of a tick alone: see to the runs that are under way",
        options=_OF_A_TICK,
        load=_tick,
    ),
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
    "report": Command(
        help="write one HTML page: what is at work, what waits, what became of every run",
        options=(_JSON, _CONFIG, _OUT, _DAYS),
        load=_report,
        needs_arming=True,
        reads_only=True,
    ),
    "stop": Command(
        help="stop the agent of an issue, or all of them",
        options=(_JSON, _CONFIG, _DRY_RUN, _NAMED, _ALL),
        load=_stop,
        needs_arming=True,
    ),
    "init": Command(
        help="set afk up: configuration, workflow or service, labels, secrets; ends with a look "
        "at it all",
        options=(
            _JSON,
            Option("--yes", {"action": "store_true", "help": "take every proposal, ask nothing"}),
            Option("--dry-run", {"action": "store_true", "help": "show the plan, write nothing"}),
            _text("--forge-url", "URL", "the forge, or its API"),
            _texts("--repo", "OWNER/REPO", "a repository to work on"),
            _text("--t3-url", "URL", "T3 Code's address"),
            _texts("--workspace", "[OWNER/REPO=]FOLDER", "a repository's clone on T3's machine"),
            _text("--instance", "NAME", "the agent, as T3 names it"),
            _text("--model", "NAME", "the agent's model"),
            _text("--landing", "WAY", "how work lands: push or pull-request"),
            _texts("--trust", "LOGIN[:ID]", "who may approve besides"),
            _text(
                "--runner",
                "WHERE",
                "where afk runs: here, hosted, own, or the label of a runner of your own",
            ),
            _text("--workflow-repo", "OWNER/REPO", "the repository that the workflow goes into"),
            _text("--action", "OWNER/AFK@COMMIT", "the afk that the workflow uses"),
            Option(
                "--service",
                {"action": "store_true", "help": "write a service that runs afk on this machine"},
            ),
            Option(
                "--every",
                {
                    "default": 60,
                    "type": seconds,
                    "metavar": "SECONDS",
                    "help": "how long the service waits between two looks (%(default)s)",
                },
            ),
            Option("--no-dashboard", {"action": "store_true", "help": "open no dashboard issue"}),
            _texts("--renew", "SECRET", "replace this secret, though it is there"),
            Option("--arm", {"action": "store_true", "help": "let afk start agents at once"}),
        ),
    ),
    "doctor": Command(
        help="look over everything that afk needs, and say what is wrong and how to mend it",
        options=(_JSON, _CONFIG, _FIX, _RING, _BRIEF),
        examine=_doctor,
    ),
    "demo": Command(
        help="tell a story of one issue, then play all that can happen, inside this process",
        options=(_JSON, _FORGE, _EVENTS, _OPEN),
    ),
    "sandbox": Command(
        help="serve a forge, T3 and an agent on this machine, to try afk without an account",
        options=(_JSON, _FORGE, _PORT, _SPEED),
    ),
}
