"""The table of commands; what each does stands in a file of its own, loaded when it is asked for.

Light on purpose: a disabled tick imports this, and none of what talks to servers.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from afk.commands.options import (
    ALL,
    ALL_GATES,
    BRIEF,
    CONFIG,
    DAYS,
    DRY_RUN,
    EVENTS,
    EVERY,
    FILL,
    FIX,
    FOR,
    FORGE,
    JSON,
    NAMED,
    OF_A_TICK,
    OPEN,
    OUT,
    PORT,
    RING,
    SHARDS,
    SPEED,
    Option,
    seconds,
    text,
    texts,
)

if TYPE_CHECKING:
    from afk.deps import Deps
    from afk.doctor.patient import Patient

Run = Callable[[argparse.Namespace, "Deps", Mapping[str, str]], dict[str, object]]
"""Carries out a command; returns what ``--json`` shows beside what was said."""

Examine = Callable[[argparse.Namespace, "Patient", Mapping[str, str]], dict[str, object]]
"""Likewise, for a command that looks at whatever there is, right or wrong, armed or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its help, its options, and how to get the function behind it.

    ``load`` is None where the command line needs neither configuration nor servers for it and has
    its own way, or where ``examine`` is given, which needs no configuration that works.
    ``needs_arming``: while afk is disabled it is refused instead of doing nothing.
    ``whole``: where nothing is named it looks at everything, and refuses nothing before.
    ``reads_only``: it is given ports whose writing methods refuse. ``outputs``: what a workflow's
    step hands on of what it found; ``disabled``: what it finds while afk is disabled.
    """

    help: str
    options: tuple[Option, ...]
    load: Callable[[], Run] | None = None
    examine: Callable[[], Examine] | None = None
    needs_arming: bool = False
    reads_only: bool = False
    whole: bool = False
    outputs: tuple[str, ...] = ()
    disabled: Mapping[str, object] = field(default_factory=dict)

    def looks_at_everything(self, options: argparse.Namespace, environ: Mapping[str, str]) -> bool:
        """Say whether it will, since neither its options nor the environment name a part."""
        named = [getattr(options, name, None) for name in ("repo", "issue")]
        told = [environ.get(f"AFK_{name}", "").strip() for name in ("REPOSITORY", "ISSUE", "SHARD")]
        return self.whole and not any([*named, *told])


def _tick() -> Run:
    from afk.commands import tick  # noqa: PLC0415  see the module's docstring

    return tick.run


def _plan() -> Run:
    from afk.commands import plan  # noqa: PLC0415  likewise

    return plan.run


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


def _report() -> Run:
    from afk.commands import report  # noqa: PLC0415  likewise

    return report.run


COMMANDS: Final[Mapping[str, Command]] = {
    "tick": Command(
        help="look once: see to the runs that are under way, then start what may start",
        options=(*OF_A_TICK, EVERY, FOR),
        load=_tick,
        whole=True,
    ),
    "poll": Command(
        help="the second half of a tick alone: start what may start",
        options=OF_A_TICK,
        load=_tick,
        whole=True,
    ),
    "watch": Command(
        help="the first half of a tick alone: see to the runs that are under way",
        options=OF_A_TICK,
        load=_tick,
        whole=True,
    ),
    "plan": Command(
        help="share the repositories with something to do out among jobs that run side by side",
        options=(JSON, CONFIG, DRY_RUN, SHARDS, FILL),
        load=_plan,
        outputs=("empty", "matrix"),
        # Forgejo makes one job even of an empty matrix: that is told to do nothing.
        disabled={"empty": True, "matrix": {"include": [{"shard": "none", "share": "none"}]}},
    ),
    "explain": Command(
        help="say what becomes of an issue, and what keeps it from starting",
        options=(JSON, CONFIG, NAMED, ALL_GATES),
        load=_explain,
        needs_arming=True,
        reads_only=True,
    ),
    "status": Command(
        help="what is at work, what waits for what, and what ended lately",
        options=(JSON, CONFIG),
        load=_status,
        whole=True,
        needs_arming=True,
        reads_only=True,
    ),
    "report": Command(
        help="write one HTML page: what is at work, what waits, what became of every run",
        options=(JSON, CONFIG, OUT, DAYS),
        load=_report,
        needs_arming=True,
        reads_only=True,
    ),
    "stop": Command(
        help="stop the agent of an issue, or all of them",
        options=(JSON, CONFIG, DRY_RUN, NAMED, ALL),
        load=_stop,
        needs_arming=True,
    ),
    "init": Command(
        help="set afk up: configuration, workflow or service, labels, secrets; ends with a look "
        "at it all",
        options=(
            JSON,
            Option("--yes", {"action": "store_true", "help": "take every proposal, ask nothing"}),
            Option("--dry-run", {"action": "store_true", "help": "show the plan, write nothing"}),
            text("--forge-url", "URL", "the forge, or its API"),
            texts("--repo", "OWNER/REPO", "a repository to work on"),
            text("--t3-url", "URL", "T3 Code's address"),
            texts("--workspace", "[OWNER/REPO=]FOLDER", "a repository's clone on T3's machine"),
            text("--instance", "NAME", "the agent, as T3 names it"),
            text("--model", "NAME", "the agent's model"),
            text("--landing", "WAY", "how work lands: push or pull-request"),
            texts("--trust", "LOGIN[:ID]", "who may approve besides"),
            text(
                "--runner",
                "WHERE",
                "where afk runs: here, hosted, own, or the label of a runner of your own",
            ),
            text("--workflow-repo", "OWNER/REPO", "the repository that the workflow goes into"),
            text("--action", "OWNER/AFK@COMMIT", "the afk that the workflow uses"),
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
            texts("--renew", "SECRET", "replace this secret, though it is there"),
            Option("--arm", {"action": "store_true", "help": "let afk start agents at once"}),
        ),
    ),
    "doctor": Command(
        help="look over everything that afk needs, and say what is wrong and how to mend it",
        options=(JSON, CONFIG, FIX, RING, BRIEF),
        examine=_doctor,
    ),
    "replay": Command(
        help="run a saved look again without any server, and say whether it decides the same",
        options=(JSON, Option("file", {"metavar": "FILE", "help": "what --save wrote"})),
    ),
    "demo": Command(
        help="tell a story of one issue, then play all that can happen, inside this process",
        options=(JSON, FORGE, EVENTS, OPEN),
    ),
    "sandbox": Command(
        help="serve a forge, T3 and an agent on this machine, to try afk without an account",
        options=(JSON, FORGE, PORT, SPEED),
    ),
}
