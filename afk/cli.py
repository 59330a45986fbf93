"""Commands and the only error boundary.

Exit codes: 0 done or nothing to do, 1 something failed, 2 the user must fix something, 3 a bug
in afk, 130 interrupted. A disabled command imports nothing that talks to servers.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final, TextIO, cast

from afk import __version__
from afk.adapters.runner.actions import Runner
from afk.adapters.runner.masking import printable
from afk.adapters.runner.reporter import BUG, DONE, INTERRUPTED, ConsoleReporter, Said
from afk.commands import COMMANDS, Examine
from afk.config import Config
from afk.environment.loading import goes_on, loading
from afk.environment.process import Outside, found_configuration, reporter, write_file
from afk.environment.settings import Loaded, dry_run_by
from afk.environment.unsourced import check_sourced
from afk.errors import AfkError, Bug, ConfigError
from afk.ticking import Rhythm, Ticked, keep_ticking
from afk.variables import told

if TYPE_CHECKING:
    from afk.adapters.runner.page import Page
    from afk.text.overview import IssueRow

_OF_A_JOB: Final = 0.8
"""So much of its time a job may tick; it also has to be set up before, and to end by itself."""


def main(arguments: Sequence[str], outside: Outside) -> int:
    """Run one command and return its exit code; only argparse's own exit is raised."""
    printable(outside.stdout)
    options = parser().parse_args(arguments)
    if _again(options):
        return _keep_ticking(options, outside)
    return _command(options, outside).exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What a command came to.

    ``said``: what it told. ``unfit``: something was wrong before anything could be sent.
    """

    exit_code: int
    outcome: Mapping[str, object] = field(default_factory=dict)
    said: frozenset[Said] = frozenset()
    unfit: bool = False


def _command(
    options: argparse.Namespace, outside: Outside, told: frozenset[Said] = frozenset()
) -> _Done:
    """Run one command; ``told`` is what need not be told again."""
    stream: TextIO = sys.stderr if options.json else outside.stdout  # the document stands alone
    report: ConsoleReporter | None = None
    try:
        runner = Runner.from_environ(outside.environ)
        report = reporter(outside, runner, stream)
        report.told = told
        return _run(options, outside, runner, report)
    except KeyboardInterrupt:
        return _Done(exit_code=INTERRUPTED)
    except AfkError as error:
        if report is None:
            print(f"error: {error}", file=stream)
            return _Done(exit_code=error.exit_code, unfit=True)
        report.error(error)
        return replace(_finish(options, outside, report), unfit=True)
    except BrokenPipeError:
        return _Done(exit_code=DONE)
    except Exception as error:  # noqa: BLE001  the one boundary: anything left is a bug
        bug = Bug(error)
        if report is None:
            print(f"error: {bug}", file=stream)
            return _Done(exit_code=BUG)
        report.error(bug)
        return _finish(options, outside, report)


def _keep_ticking(options: argparse.Namespace, outside: Outside) -> int:
    """Tick again and again; each is a command of its own, from its configuration on."""
    goes_on()
    told: frozenset[Said] = frozenset()

    def tick() -> Ticked:
        nonlocal told
        done = _command(options, outside, told)
        told = done.said
        if done.exit_code == INTERRUPTED:
            raise KeyboardInterrupt
        at_work = bool(done.outcome.get("at_work"))
        return Ticked(exit_code=done.exit_code, at_work=at_work, unfit=done.unfit)

    in_a_job = outside.environ.get("GITHUB_ACTIONS", "").strip() == "true"
    limit = options.time_limit or (_OF_A_JOB * Config().tick_seconds if in_a_job else 0)
    rhythm = Rhythm(every=options.every, seconds=limit, while_at_work=in_a_job)
    try:
        with outside.stopping(outside.sleep) as stop:
            return keep_ticking(tick, rhythm, now=outside.now, stop=stop)
    except KeyboardInterrupt:
        return INTERRUPTED


@cache
def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments of every command."""
    made = argparse.ArgumentParser(
        prog="afk",
        description="Label an issue and walk away: a coding agent works, and afk watches over it.",
        epilog=told(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"afk {__version__}")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, one in COMMANDS.items():
        command = commands.add_parser(name, help=one.help, description=one.help)
        for option in one.options:
            command.add_argument(option.name, **option.about)
    return made


def _run(
    options: argparse.Namespace, outside: Outside, runner: Runner, report: ConsoleReporter
) -> _Done:
    command = COMMANDS[options.command]
    if options.command == "init":
        return _init(options, outside, report)
    if options.command == "replay" or getattr(options, "save", ""):
        return _Done(exit_code=_saved(options, outside))
    if command.examine is not None:
        return _examine(command.examine, options, outside, runner, report)
    if command.load is None:
        return _Done(exit_code=_sandboxed(options, outside))
    found = found_configuration(outside, options.config)
    config = found.config
    if config.disabled:
        report.event(f"nothing to do: {found.disabled}")
        if command.needs_arming:
            raise _needs_arming(found, options.command)
        return _finish(options, outside, report, dict(command.disabled))
    check_sourced(outside.environ)
    from afk.adapters import tls  # noqa: PLC0415  a disabled tick must not pay for it

    tls.read_ahead()  # while the rest is imported
    with loading():
        from afk import bootstrap  # noqa: PLC0415  likewise
        from afk.adapters.runner.event import lag  # noqa: PLC0415  likewise
        from afk.adapters.runner.page import Page  # noqa: PLC0415  likewise

        run = command.load()
    began = outside.now()
    dry_run = bool(getattr(options, "dry_run", False)) or dry_run_by(outside.environ)
    looks = dry_run or command.reads_only
    ahead = command.looks_at_everything(options, outside.environ)
    with bootstrap.wire(outside, config, runner, report, reads_only=looks, ahead=ahead) as wired:
        outcome: dict[str, object] = {}
        try:
            outcome = run(options, wired.deps, outside.environ)
            if "page" in outcome:
                write_file(outside, options.out, str(outcome.pop("page")))
                report.event(f"the report stands in {options.out}")
        except AfkError as error:
            report.error(error)
        quotas = [
            f"{resource} {quota.remaining} of {quota.limit} an hour"
            for resource, quota in sorted(wired.quotas.items())
        ]
        page = Page(
            title=f"afk {options.command}",
            rows=cast("list[IssueRow] | None", outcome.get("issues")),
            dry_run=dry_run and not command.reads_only,
            requests=wired.requests(),
            quotas=quotas,
            lag=lag(runner, began),
            recent=str(outcome.pop("recent", "")),
        )
        return _finish(options, outside, report, outcome, page)


def _sandboxed(options: argparse.Namespace, outside: Outside) -> int:
    from afk.environment.origin import with_extra  # noqa: PLC0415  as the sandbox

    try:
        from afk_sandbox.entry import run  # noqa: PLC0415  needs the sandbox extra
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"afk {options.command} needs {error.name}, which is not installed",
            cause="the sandbox's servers are an extra that a workflow does not need",
            next_step=f"install it: {with_extra('sandbox')}",
        ) from None
    goes_on()
    return run(options, outside, main)


def _init(options: argparse.Namespace, outside: Outside, report: ConsoleReporter) -> _Done:
    from afk import installing  # noqa: PLC0415  as little as the demo is it part of a tick
    from afk.commands import init  # noqa: PLC0415  likewise

    def doctor(more: Mapping[str, str]) -> None:
        """Look over what was set up, as `afk doctor` would where it is to run."""
        environ = {**outside.environ, **more}
        environ.pop("AFK_CONFIG", None)
        shown = sys.stderr if options.json else outside.stdout
        again = replace(outside, environ=environ, stdout=shown)
        _command(parser().parse_args(["doctor", "--brief"]), again)

    with installing.bench(outside, report, report.io.stream, doctor) as bench:
        return _finish(options, outside, report, init.run(options, bench))


def _saved(options: argparse.Namespace, outside: Outside) -> int:
    from afk import saving  # noqa: PLC0415  no part of a tick either

    if options.command == "replay":
        return saving.replay(options, outside, _command, parser().parse_args)
    return saving.save(options, outside, _command)


def _examine(
    load: Callable[[], Examine],
    options: argparse.Namespace,
    outside: Outside,
    runner: Runner,
    report: ConsoleReporter,
) -> _Done:
    """Run a command that looks at whatever there is, right or wrong, armed or not."""
    check_sourced(outside.environ)
    from afk import examination  # noqa: PLC0415  a disabled tick must not pay for it
    from afk.adapters.runner.page import Page  # noqa: PLC0415  likewise

    with examination.patient(outside, options, runner, report) as found:
        outcome = load()(options, found.patient, outside.environ)
        page = Page(title=f"afk {options.command}", requests=found.requests())
        return _finish(options, outside, report, outcome, page)


def _needs_arming(found: Loaded, command: str) -> ConfigError:
    return ConfigError(
        f"afk {command} sends nothing while afk is disabled",
        cause=found.disabled,
        next_step="run it with AFK_KILL_SWITCH=false and an allowlist; to end runs before "
        "throwing the kill switch, `afk stop --all` comes first",
    )


def _again(options: argparse.Namespace) -> bool:
    """Say whether the command is one of many, whose log is read as a whole."""
    return bool(getattr(options, "every", 0)) and options.command == "tick"


def _finish(
    options: argparse.Namespace,
    outside: Outside,
    report: ConsoleReporter,
    outcome: dict[str, object] | None = None,
    page: "Page | None" = None,
) -> _Done:
    """Show what was found, say what was counted, and return what it came to.

    Of ticks that go on and on each has one line at most where nothing is new, its number of
    requests, and none of a summary.
    """
    said, news = frozenset(report.lines), report.has_news or not _again(options)
    first = ""
    if news and (page is not None or report.io.runner.shows_summary):
        from afk.adapters.runner.page import Page, show  # noqa: PLC0415  see above

        first = show(page or Page(title=f"afk {options.command}"), report, in_log=not options.json)
    requests = page.requests if page is not None else {}
    for quota in page.quotas if page is not None and not _again(options) else ():
        report.event(f"quota left: {quota}")
    if requests:
        counted = ", ".join(f"{name} {count}" for name, count in requests.items())
        report.event(f"requests: {counted}" if news else f"nothing new; requests: {counted}")
    found = outcome or {}
    for name in COMMANDS[options.command].outputs:
        if name in found:
            report.io.output(name, report.mask.apply(json.dumps(found[name])))
    if options.json:
        document = {
            "command": options.command,
            "exit_code": report.exit_code,
            "headline": first,
            "said": report.as_json(),
            "requests": requests,
            **{name: [] for name in ("runs", "decisions", "issues")},
            **found,
        }
        text = json.dumps(document, ensure_ascii=False, indent=None if _again(options) else 2)
        print(report.mask.apply(text), file=outside.stdout)
    return _Done(exit_code=report.exit_code, outcome=found, said=said)
