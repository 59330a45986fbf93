"""``afk stop``: a person's act through afk."""

import argparse
from collections.abc import Mapping

from afk.act.ending import begin, finish
from afk.commands.chosen import chosen, key_of, watched
from afk.errors import AfkError, ConfigError
from afk.observe.opening import open_tick
from afk.observe.tick import Focus, Tick
from afk.ports import Deps
from afk.record.codec import Found
from afk.record.state import Stage
from afk.types import Issue, Reason, Verdict
from afk.watcher import survey


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Stop the issue's run that the command line names, else the environment; or all."""
    named = "" if options.all else chosen(environ)
    return stop(deps, options.issue or named, everything=options.all)


def stop(deps: Deps, issue: str, *, everything: bool) -> dict[str, object]:
    """End one run, or all, as stopped: sessions are stopped, labels come off."""
    if bool(issue) == everything:
        raise ConfigError(
            "afk stop takes either OWNER/REPO#N or --all",
            cause="both were given, or neither",
            next_step="give one of them",
        )
    wanted = None if everything else watched(key_of(issue), deps.config)
    now = open_tick(deps, Focus(wanted.repo, wanted.number) if wanted else Focus())
    runs = [run for run in survey(now) if wanted in (None, run[0].key)]
    stopped: list[str] = []
    for one, found in runs:
        try:
            if _stop(now, one, found):
                stopped.append(str(one.key))
        except AfkError as error:
            deps.report.error(error, key=one.key)
    if not runs:
        deps.report.event("no such run is in flight")
    return {"stopped": stopped}


def _stop(now: Tick, issue: Issue, found: Found) -> bool:
    if now.deps.dry_run:
        now.deps.report.event("would stop", key=issue.key)
        return False
    ending: Found | None = found
    if found.record.stage is not Stage.ENDING:
        ending = begin(
            now,
            issue,
            found,
            found.record,
            verdict=Verdict.STOPPED,
            reason=Reason.STOP_COMMAND,
        )
    if ending is None:
        return False
    return finish(now, issue, ending, now.facts(ending.record)) is not None
