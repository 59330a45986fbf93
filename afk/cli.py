"""Commands and the only error boundary.

Exit codes: 0 done or nothing to do, 1 something failed, 2 the user must fix something, 3 a bug
in afk, 130 interrupted. A disabled command imports nothing that talks to servers.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TextIO, cast

from afk import __version__
from afk.adapters.runner.actions import Runner
from afk.adapters.runner.masking import printable
from afk.adapters.runner.reporter import BUG, DONE, INTERRUPTED, ConsoleReporter
from afk.commands import COMMANDS, Examine
from afk.environment.process import Outside, found_configuration, reporter
from afk.environment.settings import Loaded, parse_boolean
from afk.errors import AfkError, Bug, ConfigError
from afk.variables import KINDS, KNOWN

if TYPE_CHECKING:
    from afk.adapters.runner.page import Page
    from afk.text.overview import IssueRow


def main(arguments: Sequence[str], outside: Outside) -> int:
    """Run one command and return its exit code; only argparse's own exit is raised."""
    printable(outside.stdout)
    options = parser().parse_args(arguments)
    # With --json the document is the only thing on standard output.
    stream: TextIO = sys.stderr if options.json else outside.stdout
    report: ConsoleReporter | None = None
    try:
        runner = Runner.from_environ(outside.environ)
        report = reporter(outside, runner, stream)
        return _run(options, outside, runner, report)
    except KeyboardInterrupt:
        return INTERRUPTED
    except AfkError as error:
        if report is None:
            print(f"error: {error}", file=stream)
            return error.exit_code
        report.error(error)
        return _finish(options, outside, report)
    except BrokenPipeError:
        return DONE
    except Exception as error:  # noqa: BLE001  the one boundary: anything left is a bug
        bug = Bug(error)
        if report is None:
            print(f"error: {bug}", file=stream)
            return BUG
        report.error(bug)
        return _finish(options, outside, report)


@cache
def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments of every command."""
    made = argparse.ArgumentParser(
        prog="afk",
        description="Label an issue, walk away: drives coding agents from CI.",
        epilog=_variables(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"afk {__version__}")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, one in COMMANDS.items():
        command = commands.add_parser(name, help=one.help, description=one.help)
        for option in one.options:
            command.add_argument(option.name, **option.about)
    return made


def _variables() -> str:
    """Return what `--help` says of the environment."""
    width = max(len(name) for name in KNOWN)
    lines = ["environment variables (the README says more):"]
    for kind, some in KINDS.items():
        lines += ["", f"  {kind}:", *(f"    {name:{width}}  {some[name]}" for name in some)]
    return "\n".join(lines)


def _run(
    options: argparse.Namespace, outside: Outside, runner: Runner, report: ConsoleReporter
) -> int:
    command = COMMANDS[options.command]
    if command.examine is not None:
        return _examine(command.examine, options, outside, runner, report)
    if command.load is None:
        return _demo(options, outside)
    found = found_configuration(outside, options.config)
    config = found.config
    if config.disabled:
        report.event(f"nothing to do: {found.disabled}")
        if command.needs_arming:
            raise _needs_arming(found, options.command)
        return _finish(options, outside, report)
    from afk import bootstrap  # noqa: PLC0415  a disabled tick must not pay for it
    from afk.adapters.runner.event import lag  # noqa: PLC0415  likewise
    from afk.adapters.runner.page import Page  # noqa: PLC0415  likewise

    began = outside.now()
    dry_run = bool(getattr(options, "dry_run", False)) or _dry_run_by_environment(outside)
    reads_only = dry_run or command.reads_only
    with bootstrap.wire(outside, config, runner, report, reads_only=reads_only) as wired:
        outcome: dict[str, object] = {}
        try:
            outcome = command.load()(options, wired.deps, outside.environ)
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


def _demo(options: argparse.Namespace, outside: Outside) -> int:
    try:
        from afk_sandbox.demo import demo  # noqa: PLC0415  needs the sandbox extra
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"afk demo needs {error.name}, which is not installed",
            cause="the demo's servers are an extra that a workflow does not need",
            next_step="install the extra: pip install 'afk[sandbox]'",
        ) from None
    return demo(outside.stdout, as_json=options.json, run=main)


def _dry_run_by_environment(outside: Outside) -> bool:
    value = outside.environ.get("AFK_DRY_RUN", "").strip()
    return bool(value) and parse_boolean("AFK_DRY_RUN", value)


def _examine(
    load: Callable[[], Examine],
    options: argparse.Namespace,
    outside: Outside,
    runner: Runner,
    report: ConsoleReporter,
) -> int:
    """Run a command that looks at whatever there is, right or wrong, armed or not."""
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


def _finish(
    options: argparse.Namespace,
    outside: Outside,
    report: ConsoleReporter,
    outcome: dict[str, object] | None = None,
    page: "Page | None" = None,
) -> int:
    """Show what was found, say what was counted, and return the exit code."""
    first = ""
    if page is not None or report.io.runner.shows_summary:
        from afk.adapters.runner.page import Page, show  # noqa: PLC0415  likewise

        first = show(page or Page(title=f"afk {options.command}"), report, in_log=not options.json)
    requests = page.requests if page is not None else {}
    for quota in page.quotas if page is not None else ():
        report.event(f"quota left: {quota}")
    if requests:
        counted = ", ".join(f"{name} {count}" for name, count in requests.items())
        report.event(f"requests: {counted}")
    if options.json:
        document = {
            "command": options.command,
            "exit_code": report.exit_code,
            "headline": first,
            "said": report.as_json(),
            "requests": requests,
            "runs": [],
            "decisions": [],
            "issues": [],
            **(outcome or {}),
        }
        text = json.dumps(document, ensure_ascii=False, indent=2)
        print(report.mask.apply(text), file=outside.stdout)
    return report.exit_code
