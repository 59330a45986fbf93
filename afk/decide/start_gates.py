"""The gates before a start, in their order, and what each of them says of one issue.

Pure. The first gate that says no is why an issue does not start. What a gate looks at was read in
this tick; what could not be read counts against starting.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from afk.config import Config
from afk.decide.agent_choice import ANY_AGENT, AgentChoice
from afk.decide.approval import Appraisal, Standing, handed_back
from afk.decide.blocker_references import ELSEWHERE, UNNAMED
from afk.decide.blockers import UNREAD, parse
from afk.model.pull import ClosingPull
from afk.text.handing_on import comment_never_ends
from afk.types import Blocker, Issue, IssueKey

_NO_PULL: Final = "not-a-pull-request"
_FINAL: Final = frozenset({"kill-switch", "allowlist", "open", _NO_PULL})
_OF_AN_APPROVAL: Final = frozenset({"approved", "not-run-yet"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ready issue with what this tick knows about it.

    ``runs`` is how often afk has started this issue, None when that could not be read.
    ``provider_open`` False: a run stands sentinel for a usage limit, or a probe is not due yet, as
    ``provider_shut`` says. ``spent``: the approval has had its run. None, of these two: it was not
    asked. ``agent``: who is to do it. ``others``: other people's open pull requests that say they
    close it.
    """

    issue: Issue
    appraisal: Appraisal
    runs: int | None = 0
    provider_open: bool | None = True
    provider_shut: str = "the provider's usage is limited"
    archived: bool = False
    spent: bool | None = False
    agent: AgentChoice = ANY_AGENT
    others: tuple[ClosingPull, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """Counts over all; None could not be read and counts as reached. ``promised``: to others."""

    in_flight: int | None = 0
    started_today: int | None = 0
    agent_seen: bool = True
    promised: int = 0


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """One gate's answer; ``evidence`` says what it rests on, in afk's own words.

    ``asked`` False: it has no answer, because a gate before it says no; it lets nothing through.
    """

    gate: str
    passed: bool
    evidence: str = ""
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every gate's answer for one issue."""

    key: IssueKey
    answers: tuple[GateAnswer, ...] = field(default=())

    @property
    def first_no(self) -> GateAnswer | None:
        """Return the gate that decided against starting, None when all passed."""
        return next((answer for answer in self.answers if not answer.passed), None)


def explain(
    candidate: Candidate,
    config: Config,
    in_flight_repos: Collection[str],
    ceilings: Ceilings = Ceilings(),
    chosen: int = 0,
) -> Explanation:
    """Return every gate's answer for one issue; ``chosen`` counts this tick's starts so far."""
    issue = candidate.issue
    name = issue.repo.name
    answers = (
        *about_the_issue(candidate, config),
        _others_gate(candidate),
        told("repository-free", name not in in_flight_repos, why_taken(name, in_flight_repos)),
        told("agent-known", not candidate.agent.why_not, candidate.agent.why_not),
        told("provider-open", candidate.provider_open, candidate.provider_shut),
        *ceiling_gates(candidate.runs, config, ceilings, chosen),
    )
    return Explanation(issue.key, answers)


def applying(answers: Sequence[GateAnswer]) -> tuple[GateAnswer, ...]:
    """Return the answers of the gates that have a say, in their order.

    Nothing behind a gate of `_FINAL` matters where that one says no; and where nobody has asked for
    the issue there is no approval whose gates could be asked.
    """
    shown = list(answers)
    final = [place for place, one in enumerate(shown) if one.gate in _FINAL and not one.passed]
    if final:
        shown = shown[: final[-1] + 1]
    if any(one.gate == _NO_PULL and not one.passed for one in shown):
        shown = [one for one in shown if one.gate != "open"]
    if any(one.gate == "ready-label" and not one.passed for one in shown):
        shown = [one for one in shown if one.gate not in _OF_AN_APPROVAL]
    return tuple(shown)


def deciding(answers: Sequence[GateAnswer]) -> tuple[GateAnswer, ...]:
    """Return the answers that keep an issue from starting: of gates that have a say and were asked.

    Those that were not asked decide nothing, unless there are no others.
    """
    shut = [one for one in applying(answers) if not one.passed]
    return tuple([one for one in shut if one.asked] or shut[:1])


def about_the_issue(candidate: Candidate, config: Config) -> Sequence[GateAnswer]:
    """Return the answers of the gates that look at the issue alone, in their order."""
    return (*_standing_gates(candidate, config), _blocker_gate(candidate.issue))


def told(gate: str, passed: bool | None, evidence: str) -> GateAnswer:  # noqa: FBT001  an answer, not a switch
    """Return a gate's answer, or that it was not asked; only one that says no has evidence."""
    if passed is None:
        return GateAnswer(gate, passed=False, evidence=Standing.NOT_ASKED.value, asked=False)
    return _passing(gate) if passed else GateAnswer(gate, passed=False, evidence=evidence)


@cache
def _passing(gate: str) -> GateAnswer:
    """Return that a gate lets through: nearly all of them, of every issue."""
    return GateAnswer(gate, passed=True)


def _standing_gates(candidate: Candidate, config: Config) -> Sequence[GateAnswer]:
    """Gates about the issue itself and who approved it."""
    issue, repo = candidate.issue, candidate.issue.repo.name
    archived = candidate.archived or issue.repo.archived
    return (
        told("kill-switch", not config.kill_switch, "the kill switch is on"),
        told("allowlist", repo in config.allowlist, f"{repo} is not in the allowlist"),
        *_dashboard_gate(issue, config),
        told("open", issue.open, "the issue is closed"),
        told(_NO_PULL, not issue.is_pull, "it is a pull request"),
        told("not-locked", not issue.locked, "the conversation is locked"),
        told("not-archived", not archived, "the repository is archived"),
        told("readable", not _unreadable(issue), _unreadable(issue)),
        told(
            "ready-label",
            issue.has_label(config.ready_label),
            f"{config.ready_label} is not on the issue{_spelt_otherwise(issue, config)}",
        ),
        told(
            "not-handed-back",
            not handed_back(issue, config),
            f"{config.human_label} is newer than {config.ready_label}"
            if issue.has_label(config.ready_label)
            else f"{config.human_label} is on the issue",
        ),
        _approved(candidate, config),
        told(
            "not-run-yet",
            None if candidate.spent is None else not candidate.spent,
            "this approval has had its run",
        ),
    )


def _approved(candidate: Candidate, config: Config) -> GateAnswer:
    standing = candidate.appraisal.standing
    asked = standing not in (Standing.NOT_ASKED, Standing.OFF)
    passed = standing is Standing.APPROVED
    return GateAnswer("approved", passed, "" if passed else _why_not(candidate, config), asked)


def _dashboard_gate(issue: Issue, config: Config) -> Sequence[GateAnswer]:
    """Return an answer for the one issue that is never worked on, none for any other."""
    if issue.key != config.dashboard_key:
        return ()
    return (GateAnswer("not-the-dashboard", passed=False, evidence="it is afk's dashboard"),)


def _spelt_otherwise(issue: Issue, config: Config) -> str:
    """Return that a label is on the issue which differs in case alone: Forgejo knows both."""
    folded = config.ready_label.casefold()
    alike = [one.name for one in issue.labels if one.name.casefold() == folded]
    return f"; {alike[0]} is, which is another label to afk" if alike else ""


def _unreadable(issue: Issue) -> str:
    """Return why what the approver saw cannot be told from the text, "" where it can."""
    if issue.oversized or not comment_never_ends(issue.body):
        return issue.oversized
    return "a <!-- in the text never ends, which hides the rest of it from some readers: end it"


def _why_not(candidate: Candidate, config: Config) -> str:
    """Return why an approval does not count, and what mends it where that is not plain."""
    standing, event = candidate.appraisal.standing, candidate.appraisal.event
    if standing is Standing.RENAMED:
        return f"{standing.value}: take it off and put it on again"
    if standing is Standing.EXPIRED:
        return f"{standing.value} (approval_max_age={config.approval_max_age}): label it again"
    if standing is Standing.AHEAD and event is not None:
        at = event.at.strftime("%Y-%m-%d %H:%M UTC")
        return f"{standing.value} ({at}): set the clocks right, then label it again"
    if standing in (Standing.UNKNOWN, Standing.UNLISTED_APP) and event is not None:
        return f"{standing.value}; `trusted: [{event.actor.id}]` in the configuration lets it"
    if standing is Standing.OWN:
        return f"{standing.value}: label it as yourself, and give afk an account of its own"
    return str(standing.value)


_MEND: Final = (
    "; to go on, write an issue's number there or strike the words out, then label it again"
)


def why_taken(name: str, taken: Collection[str]) -> str:
    """Return the reason that stands with the name, else the usual one."""
    told = taken.get(name, "") if isinstance(taken, Mapping) else ""
    return str(told) or f"another run is in flight in {name}"


def _blocker_gate(issue: Issue) -> GateAnswer:
    waiting = [_shown(blocker.ref, issue) for blocker in issue.blockers if not blocker.closed]
    unclear = not {UNNAMED, ELSEWHERE, UNREAD}.isdisjoint(waiting)
    evidence = f"waiting for {', '.join(waiting[:5])}{_MEND if unclear else ''}"
    return told("no-open-blocker", not waiting, evidence)


def _others_gate(candidate: Candidate) -> GateAnswer:
    """Somebody's open pull request that closes the issue: a second piece of work beside it."""
    here = candidate.issue.repo.name
    others = dict.fromkeys(
        f"pull request {one.repo}#{one.number}" if one.repo == here else "a pull request elsewhere"
        for one in candidate.others
    )
    verb = "are" if len(others) > 1 else "is"
    evidence = f"{', '.join([*others][:3])} would close the issue and {verb} still open"
    return told("no-other-pull-request", not others, evidence)


def blockers_read(issue: Issue) -> str:
    """Return what was read of an issue's blockers, and what was seen of each."""
    shown = (f"{_shown(one.ref, issue)} ({_state(one)})" for one in issue.blockers)
    return ", ".join(dict.fromkeys(shown)) or "none"


def _state(blocker: Blocker) -> str:
    return "closed" if blocker.closed else "open, or cannot be seen to be closed"


def _shown(ref: str, issue: Issue) -> str:
    """Name a blocker only where the reader of this issue may know of it.

    A dependency may lie in a private repository that afk can read and the reader cannot.
    """
    if ref.startswith(f"{issue.repo.name}#") or "#" not in ref:
        return ref
    named = tuple(str(key) for key in parse(issue.body, issue.repo.name))
    return ref if ref.startswith(named) else "an issue elsewhere"


def ceiling_gates(
    runs: int | None, config: Config, ceilings: Ceilings, chosen: int
) -> Sequence[GateAnswer]:
    """Gates that bound how much runs at once and how often; unreadable counts as reached."""

    def below(gate: str, count: int | None, bound: int) -> GateAnswer:
        shown = "could not be read" if count is None else f"is at {count}"
        passed = count is not None and count < bound
        return told(gate, passed, f"{gate}={bound} {shown}")

    taken = chosen + ceilings.promised
    in_flight = ceilings.in_flight
    running = None if in_flight is None else in_flight + taken
    started = ceilings.started_today
    return (
        told("agent-seen", ceilings.agent_seen, "T3 was not read in this tick"),
        below("max_in_flight", running, config.max_in_flight),
        below("max_dispatch_per_tick", taken, config.max_dispatch_per_tick),
        below("runs_per_issue", runs, config.runs_per_issue),
        below("runs_per_day", None if started is None else started + taken, config.runs_per_day),
    )
