"""What each command does, given dependencies: thin compositions of the two loops.

Every command but `stop` is one tick or a part of one; `stop` is a person's act through afk.
"""

import argparse
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from afk.act.ending import end, go_on_ending
from afk.config import Config
from afk.dispatch_policy import DispatchDecision, Explanation
from afk.errors import (
    AfkError,
    ConfigError,
    NotFound,
    OutsideFailure,
    RateLimited,
    one_of_many,
)
from afk.model.forge import RepositoryTrouble, Trouble
from afk.observe.opening import open_tick
from afk.observe.ready_issue import candidate, explanation
from afk.observe.survey import survey
from afk.observe.tick import Focus, Tick
from afk.poller import poll
from afk.ports import Deps
from afk.record.codec import Found, summary
from afk.record.names import parse_key
from afk.record.state import Stage
from afk.text.messages import trouble_error
from afk.types import Issue, IssueKey, Reason, Verdict
from afk.watcher import in_flight, watch


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Carry out a command; returns what ``--json`` shows beside what was said."""
    match options.command:
        case "explain":
            return explain(deps, _key(options.issue or _chosen(environ)))
        case "status":
            return status(deps)
        case "stop":
            chosen = "" if options.all else _chosen(environ)
            return stop(deps, options.issue or chosen, everything=options.all)
        case _:
            return tick(deps, options.command, _focus(options, environ, deps.config))


def tick(deps: Deps, which: str = "tick", focus: Focus | None = None) -> dict[str, object]:
    """Watch, then poll, or one of the two. Polling alone still has to know what is in flight."""
    now = open_tick(deps, focus)
    if deps.dry_run:
        _look_at_names(now)
    decisions: list[DispatchDecision] = []
    if which in ("tick", "watch"):
        watch(now)
    else:
        in_flight(now)
    if which in ("tick", "poll"):
        decisions = poll(now)
    return {
        "runs": [summary(record) for record in now.ledger.runs.values()],
        "decisions": [_decision(one) for one in decisions],
    }


def _look_at_names(now: Tick) -> None:
    """Ask for every repository by its name, which only a dry run pays for.

    Forgejo's search says nothing of a name that it does not know, nor of a repository that went
    to another owner: there a misspelt allowlist would look like a quiet one.
    """
    for name in now.config.watched:
        if name in now.ledger.held:
            continue
        try:
            now.deps.tracker.repository(name)
        except NotFound:
            trouble = Trouble(name, RepositoryTrouble.MISSING)
            now.deps.report.error(trouble_error(trouble, now.config))
        except AfkError as error:
            now.deps.report.error(error)


def explain(deps: Deps, key: IssueKey) -> dict[str, object]:
    """Print every gate's answer for one issue; reads only."""
    issue = deps.tracker.reread(key)
    if issue is None:
        raise NotFound(
            f"{key} does not exist",
            cause="the number is wrong, or the issue was deleted or transferred",
            next_step="check the number",
        )
    now = open_tick(deps)
    now = replace(now, issues={**now.issues, key: issue})
    survey(now)
    one = candidate(now, issue)
    if key.repo in deps.config.allowlist:
        one = replace(one, archived=deps.tracker.repository(key.repo).archived)
    answers = explanation(now, one)
    for answer in answers.answers:
        mark = "pass" if answer.passed else "NO  "
        evidence = f": {answer.evidence}" if answer.evidence else ""
        deps.report.event(f"{mark} {answer.gate}{evidence}")
    here = (key.repo, key.number)
    running = [run for run in now.ledger.runs.values() if (run.repository, run.issue) == here]
    for record in running:
        deps.report.event(f"a run is in flight: {record.stage.value}", key=key)
    return {"gates": _gates(answers), "runs": [summary(run) for run in running]}


def status(deps: Deps) -> dict[str, object]:
    """List the runs in flight; reads only."""
    now = open_tick(deps)
    survey(now)
    for record in now.ledger.runs.values():
        key = IssueKey(record.repository, record.issue)
        turns = f"{len(record.dialogue.turns)} turns, {record.corrective_turns} corrective"
        deps.report.event(f"{record.stage.value}, {turns}, thread {record.thread.id}", key=key)
    if not now.ledger.runs:
        deps.report.event("no run is in flight")
    return {"runs": [summary(record) for record in now.ledger.runs.values()]}


def stop(deps: Deps, issue: str, *, everything: bool) -> dict[str, object]:
    """End one run, or all, as stopped: sessions are stopped, labels come off."""
    if bool(issue) == everything:
        raise ConfigError(
            "afk stop takes either OWNER/REPO#N or --all",
            cause="both were given, or neither",
            next_step="give one of them",
        )
    wanted = None if everything else _watched(_key(issue), deps.config)
    now = open_tick(deps, Focus(wanted.repo, wanted.number) if wanted else Focus())
    runs = [run for run in in_flight(now) if wanted in (None, run[0].key)]
    if not runs:
        deps.report.event("no such run is in flight")
    stopped: list[str] = []
    left = [str(issue.key) for issue, _ in runs]
    try:
        for one, found in runs:
            with one_of_many(deps.report, one.key, doing="stop"):
                by_us = _stop(now, one, found)
                if by_us:
                    stopped.append(str(one.key))
                if by_us or _ended_meanwhile(now, one, found):
                    left.remove(str(one.key))
    except RateLimited as error:
        deps.report.error(error)
    if left and not deps.dry_run:
        deps.report.error(_still_at_work(left))
    return {"stopped": stopped}


def _stop(now: Tick, issue: Issue, found: Found) -> bool:
    """End a run; says whether its session was seen stopped."""
    record, thread = found.record, now.t3.facts(found.record)
    if record.stage is Stage.ENDING:
        stands = go_on_ending(now, issue, found, thread)
    else:
        verdict, reason = Verdict.STOPPED, Reason.STOP_COMMAND
        stands = end(now, issue, found, record, thread, verdict, reason)
    return stands is not None and stands.record.stage is Stage.ENDED


def _ended_meanwhile(now: Tick, issue: Issue, found: Found) -> bool:
    """Say whether another tick, or somebody else's stop, has ended the run by now."""
    fresh = now.deps.tracker.reread(issue.key)
    stands = now.forge.records(fresh).of(found.record.run_id) if fresh is not None else None
    return stands is not None and stands.record.stage is Stage.ENDED


def _still_at_work(left: list[str]) -> OutsideFailure:
    """Return what says which agents were not seen stopped."""
    return OutsideFailure(
        f"not seen stopped, so an agent may still be at work: {', '.join(left)}",
        cause="a server did not take the stop, or does not show yet that it was taken",
        next_step="run afk stop again; what was begun is ended by the next ticks, too",
    )


def _chosen(environ: Mapping[str, str]) -> str:
    """Return the issue that a dispatched workflow was given in two inputs; "" for none."""
    repo = environ.get("AFK_REPOSITORY", "").strip()
    number = environ.get("AFK_ISSUE", "").strip()
    return f"{repo}#{number}" if repo or number else ""


def _key(text: str) -> IssueKey:
    key = parse_key(text)
    if key is None:
        raise ConfigError(
            f"{text!r} is not an issue",
            cause="a part is missing or misspelt",
            next_step="write OWNER/REPO#N",
        )
    return key


def _watched(key: IssueKey, config: Config) -> IssueKey:
    """Return the key; a repository that afk is not told to look at is a mistake to be named."""
    if key.repo not in config.watched:
        raise ConfigError(
            f"{key.repo} is not in the allowlist",
            cause="the name is misspelt, or nobody has enrolled the repository",
            next_step="compare it, letter by letter, with allowlist and draining",
        )
    return key


def _focus(options: argparse.Namespace, environ: Mapping[str, str], config: Config) -> Focus:
    """Return what to look at: options, else the environment of a dispatched workflow."""
    repo = options.repo or environ.get("AFK_REPOSITORY", "").strip()
    number = str(options.issue or environ.get("AFK_ISSUE", "").strip() or 0)
    if not re.fullmatch("[0-9]{1,10}", number):
        raise ConfigError(
            f"{number!r:.80} is no issue's number",
            cause="it came from --issue or AFK_ISSUE",
            next_step="give the number alone, such as 7",
        )
    if not repo and int(number):
        raise ConfigError(
            f"issue {number} of which repository?",
            cause="--issue or AFK_ISSUE is given without --repo or AFK_REPOSITORY",
            next_step="name the repository too",
        )
    return Focus(_watched(IssueKey(repo, 0), config).repo if repo else "", int(number))


def _decision(one: DispatchDecision) -> dict[str, Any]:
    return {
        "issue": str(one.key),
        "start": one.start,
        "gate": one.gate,
        "evidence": one.evidence,
    }


def _gates(answers: Explanation) -> list[dict[str, Any]]:
    return [
        {"gate": one.gate, "passed": one.passed, "evidence": one.evidence}
        for one in answers.answers
    ]
