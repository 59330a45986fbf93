"""Folding: everything CI has said of one commit, made into one verdict.

Pure, but for the prober that `fold` is handed. Owns which checks count, what each stage (build,
deploy, rollout) needs to be green, and the words a stage is explained with. Must not know any
forge: checks, statuses and deployments come normalised.

Sources for the traps avoided here: the recordings ``forgejo-actions/*/status-sequence`` (the
set of contexts grows after a push: 4 of 13 at first), and
https://docs.github.com/en/rest/guides/using-the-rest-api-to-interact-with-checks .
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from afk.config import RepositoryConfig, StageConfig
from afk.decide.ci_names import can_count, consumes, is_stages, names
from afk.model.ci import Check, CheckState, CIVerdict, CommitChecks
from afk.text.cleaning import one_line
from afk.text.failing import safe_link
from afk.types import CIStatus, StageResult

Probe = Callable[[StageConfig, str], bool | None]
"""Asks a stage's probe whether it runs a commit (sha): True, False, or None: cannot be told."""

_DETAIL: Final = 100
_NAME: Final = 60

# The first word that any check says decides what its stage is.
_WORDS: Final = (
    (CheckState.FAILURE, "failed"),
    (CheckState.INFRASTRUCTURE, "hit an infrastructure fault"),
    (CheckState.CANCELLED, "was cancelled"),
    (CheckState.UNKNOWN, "says what afk does not know"),
    (CheckState.PENDING, "is pending"),
)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A stage's result and why it may be undecided."""

    result: StageResult
    superseded: bool = False
    infrastructure: bool = False
    failed: tuple[Check, ...] = ()

    @property
    def green(self) -> bool:
        return self.result.status is CIStatus.GREEN


@dataclass(frozen=True, slots=True)
class _Maturity:
    """``settled``: the set of checks will not grow. ``never_ran``: what is absent stays absent."""

    settled: bool
    never_ran: bool


def fold(
    checks: CommitChecks,
    settings: RepositoryConfig,
    *,
    seen_at: datetime,
    now: datetime,
    probes: Probe,
) -> CIVerdict:
    """Fold everything CI has said of one commit into a verdict; build, then deploy, rollout.

    A failure in any stage is RED at once, whatever else still runs. GREEN needs every stage
    green. A stage behind an undecided one is reported without a status (or RED), and only a
    stage whose turn has come asks ``probes`` (once). The status is None when nothing of the
    build has been seen. ``seen_at`` is when a tick first saw the commit pushed.

    ``superseded``, only on an undecided verdict: the stage that holds it up was cancelled, or
    nothing of it has appeared after the grace and no run is under way, or its probe answers
    with another commit after the grace. A descendant's green verdict may then stand in: it
    contains the commit.
    ``infrastructure``, likewise: that stage failed of something other than the code.

    Details are plain text of at most 100 visible characters. Check names in them can be chosen
    by strangers: make them inert before showing them as Markdown.
    """
    ended = checks.all_runs_ended
    grace_over = now - seen_at >= timedelta(seconds=settings.ci.grace_seconds)
    maturity = _Maturity(
        settled=grace_over if ended is None else ended,
        never_ran=grace_over and ended is not False,
    )
    stages = [_build(checks, settings, maturity)]
    for name, stage in (("deploy", settings.deploy), ("rollout", settings.rollout)):
        if stage is None:
            continue
        if all(before.green for before in stages):
            stages.append(_later(name, stage, checks, maturity, probes))
        else:
            stages.append(_not_yet(name, stage, checks))
    return _verdict(checks, stages)


def _verdict(checks: CommitChecks, stages: Sequence[_Weighed]) -> CIVerdict:
    results = tuple(stage.result for stage in stages)
    seen = bool(checks.checks or checks.deployments)
    status: CIStatus | None = CIStatus.PENDING
    if any(result.status is CIStatus.RED for result in results):
        status = CIStatus.RED
    elif all(stage.green for stage in stages):
        status = CIStatus.GREEN
    elif not seen or results[0].status is None:
        status = None
    if status in (CIStatus.RED, CIStatus.GREEN):
        failed = tuple(check for stage in stages for check in stage.failed)
        return CIVerdict(checks.sha, status, results, failed=failed)
    held_up = next(stage for stage in stages if not stage.green)
    return CIVerdict(
        checks.sha,
        status,
        results,
        superseded=held_up.superseded,
        infrastructure=held_up.infrastructure,
    )


def _build(checks: CommitChecks, settings: RepositoryConfig, maturity: _Maturity) -> _Weighed:
    """Judge the build stage.

    With ``ci.required`` exactly those names count, and all of them green suffices: the list
    itself says that nothing is missing. As on GitHub a required check may be skipped or neutral
    (https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks).
    Otherwise everything the commit itself started counts but what ``ci.ignore`` names and what a
    later stage is made of, and green waits until the set cannot grow.

    A set in which everything was skipped proves as little as an empty one (path filters skip
    every job of a commit nobody tested), so it is judged as an empty one, by ``ci.none``.
    """
    if settings.ci.required:
        return _required(checks, settings, maturity)
    every = [check for check in checks.checks if can_count(check, settings)]
    counted = [check for check in every if not is_stages(check, settings)]
    weighed = _weigh("build", counted)
    if weighed is None:
        return _nothing(settings, maturity, "every check was skipped" if counted else "no check")
    if weighed.green and not maturity.settled:
        return _Weighed(StageResult("build", CIStatus.PENDING, "more checks may still appear"))
    return weighed


def _required(checks: CommitChecks, settings: RepositoryConfig, maturity: _Maturity) -> _Weighed:
    """Judge the checks that ``ci.required`` names.

    Where the commit's own check bears a name, another run's of that name (the same workflow, by
    ``schedule``) says nothing. Where none does, the other's is what was meant, but only once the
    set cannot grow: the own one may be late.
    """
    counted: list[Check] = []
    missing: list[str] = []
    for name in settings.ci.required:
        named = [check for check in checks.checks if name in names(check)]
        found = [check for check in named if check.own] or (named if maturity.settled else [])
        counted += [check for check in found if check not in counted]
        if not found:
            missing.append(name)
    weighed = _weigh("build", counted)
    if weighed is not None and not weighed.green:
        return weighed
    if missing:
        return _Weighed(
            StageResult("build", CIStatus.PENDING, _together(missing, "has not appeared")),
            superseded=weighed is None and maturity.never_ran,
        )
    if weighed is None:
        skipped = _together([check.full_name for check in counted], "was skipped")
        return _Weighed(StageResult("build", CIStatus.GREEN, skipped, safe_link(counted[0].url)))
    return weighed


def _nothing(settings: RepositoryConfig, maturity: _Maturity, what: str) -> _Weighed:
    """Judge a set that proves nothing, once the grace is over and no run is under way."""
    if not maturity.never_ran:
        return _Weighed(StageResult("build", None, f"{what} so far"))
    if settings.ci.none == "green":
        return _Weighed(StageResult("build", CIStatus.GREEN, f"{what}; ci.none is green"))
    return _Weighed(StageResult("build", None, f"{what}; ci.none is wait"), superseded=True)


def _later(
    name: str, stage: StageConfig, checks: CommitChecks, maturity: _Maturity, probes: Probe
) -> _Weighed:
    """Judge a deploy or rollout stage whose turn has come. Skipped proves nothing here."""
    if stage.probe:
        return _probed(name, stage, checks.sha, maturity, probes)
    weighed = _weigh(name, _evidence(stage, checks))
    under_way = stage.workflow in checks.running
    if weighed is None:
        target = stage.workflow or stage.status or stage.environment
        return _Weighed(
            StageResult(name, CIStatus.PENDING, _together([target], "has not run yet")),
            superseded=maturity.never_ran and not under_way,
        )
    if stage.workflow and weighed.green and (under_way or not maturity.settled):
        return _Weighed(StageResult(name, CIStatus.PENDING, "more checks may still appear"))
    return weighed


def _probed(
    name: str, stage: StageConfig, sha: str, maturity: _Maturity, probes: Probe
) -> _Weighed:
    """Ask a probe and judge its answer: it never turns red, a deadline decides."""
    answer = probes(stage, sha)
    if answer:
        return _Weighed(StageResult(name, CIStatus.GREEN, "the probe answers with the commit"))
    if answer is None:
        return _Weighed(StageResult(name, CIStatus.PENDING, "the probe cannot be reached"))
    return _Weighed(
        StageResult(name, CIStatus.PENDING, "the probe does not answer with the commit"),
        superseded=maturity.never_ran,
    )


def _not_yet(name: str, stage: StageConfig, checks: CommitChecks) -> _Weighed:
    """Report a stage behind an undecided one: red if it has failed already, else unjudged."""
    weighed = _weigh(name, _evidence(stage, checks))
    if weighed is not None and weighed.result.status is CIStatus.RED:
        return weighed
    return _Weighed(StageResult(name, None, "waits for the stage before it"))


def _weigh(stage: str, checks: Sequence[Check]) -> _Weighed | None:
    """Judge what checks say together; None when they prove nothing (none, or all skipped)."""
    states = {check.state for check in checks}
    failed = CheckState.FAILURE in states
    for state, words in _WORDS:
        hits = [check for check in checks if check.state is state]
        if hits:
            detail = _together([check.full_name for check in hits], words)
            status = CIStatus.RED if failed else CIStatus.PENDING
            return _Weighed(
                StageResult(stage, status, detail, safe_link(hits[0].url)),
                superseded=not failed and CheckState.CANCELLED in states,
                infrastructure=not failed and CheckState.INFRASTRUCTURE in states,
                failed=tuple(hits) if failed else (),
            )
    passed = [check for check in checks if check.state is CheckState.SUCCESS]
    if not passed:
        return None
    detail = _together([check.full_name for check in passed], "succeeded")
    return _Weighed(StageResult(stage, CIStatus.GREEN, detail, safe_link(passed[0].url)))


def _evidence(stage: StageConfig, checks: CommitChecks) -> list[Check]:
    """Return what the commit's checks and deployments say about a deploy or rollout stage.

    A workflow that deploys may be started by another's end or by a deployment. One that the
    commit starts itself is the one that is meant, whatever else ran it.
    """
    if stage.environment:
        return [
            Check(f"deployment to {deployment.environment}", deployment.state, url=deployment.url)
            for deployment in checks.deployments
            if deployment.environment == stage.environment
        ]
    found = [check for check in checks.checks if consumes(stage, check)]
    return [check for check in found if check.own] or found


def _together(names: Sequence[str], words: str) -> str:
    """Return what one or several checks say, the first one named, in at most 100 characters."""
    more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
    return one_line(f"{one_line(names[0], _NAME)} {words}{more}", _DETAIL)
