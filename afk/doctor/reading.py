"""Reads all facts of an installation in one go; what cannot be read stands for itself.

Nothing is asked that an answer before has made pointless: a token that is refused would be refused
for every repository again.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from afk.doctor.facts import AgentSeen, Facts, ForgeSeen, Looked, Missing, Rung
from afk.doctor.finding import Unasked
from afk.doctor.patient import AgentPorts, ForgePorts, Patient
from afk.errors import AfkError, NotFound, RateLimited, answer_or_error
from afk.model.ci import Check
from afk.model.installation import RepositoryFacts, WaitingRun
from afk.parallel import gather
from afk.ports import BranchQuery, Loudness, Notifier, Ring
from afk.text.nearest import nearest_repository

COMMITS: Final = 3
"""So many of a branch's newest commits are looked at for their checks."""
_BY_PUSH: Final = Unasked("work is pushed here, so no pull request is opened")
_HIDDEN: Final = Unasked(
    "this version of T3 Code shows its agents in its own window alone; a wrong name would show "
    "when the first agent is started"
)
_NO_RUNNERS: Final = Unasked("the forge does not show this token which jobs wait for a runner")
Answer = TypeVar("Answer")


def read_facts(patient: Patient, *, ring: bool = False) -> Facts:
    """Read everything; ``ring``: ring each doorbell once."""
    return Facts(
        setup=patient.setup,
        now=patient.now(),
        forge=_forge(patient),
        agent=_agent(patient.agent),
        doorbells=_doorbells(patient, ring=ring),
    )


def _told(read: Callable[[], Answer]) -> Answer | AfkError:
    """Return what was read, or what kept it from being read; a rate limit among the latter."""
    try:
        return answer_or_error(read)
    except RateLimited as error:
        return error


def _forge(patient: Patient) -> ForgeSeen:
    forge = patient.forge
    if not isinstance(forge, ForgePorts):
        why = Unasked("the forge cannot be asked")
        names = patient.setup.repositories
        return ForgeSeen(token=forge, repositories={name: Looked(facts=why) for name in names})
    token = _told(forge.installation.token)
    names = patient.setup.repositories
    if isinstance(token, AfkError):
        why = Unasked("the forge did not take the question whose token this is")
        looked = [Looked(facts=why) for _ in names]
    else:
        looked = gather(partial(_repository, patient, forge), names)
    return ForgeSeen(
        name=forge.name,
        needs_key=forge.needs_key,
        token=token,
        repositories=dict(zip(names, looked, strict=True)),
    )


def _repository(patient: Patient, forge: ForgePorts, name: str) -> Looked:
    facts = _told(lambda: forge.installation.repository(name))
    if isinstance(facts, NotFound):
        known = _told(lambda: forge.installation.names_like(name))
        return Looked(
            facts=facts, like="" if isinstance(known, AfkError) else nearest_repository(name, known)
        )
    if isinstance(facts, AfkError):
        return Looked(facts=facts)
    return _whole(patient, forge, facts)


def _whole(patient: Patient, forge: ForgePorts, facts: RepositoryFacts) -> Looked:
    """Read the rest of a repository that is there."""
    config, name, ask = patient.setup.config, facts.name, forge.installation
    settings = config.repositories.get(name)
    branch = (settings.branch if settings else "") or facts.default_branch
    by_pull = settings is not None and config.lands_by_pull(name)
    waiting = _told(lambda: ask.waiting(name))
    seen, commits = _checks(forge, name, branch)
    return Looked(
        facts=facts,
        may_label=_kept_from(lambda: ask.may_label(name)),
        may_open=_kept_from(lambda: forge.pulls.may_open(name, branch)) if by_pull else _BY_PUSH,
        labels=_told(lambda: ask.labels(name)),
        branch=branch,
        rules=_told(lambda: forge.pulls.rules(name, branch)),
        seen=seen,
        commits=commits,
        waiting=_waiting(waiting),
    )


def _kept_from(ask: Callable[[], None]) -> Missing | None:
    """Return what keeps the token from something, None where nothing does."""
    answer = _told(ask)
    return answer if isinstance(answer, AfkError) else None


def _waiting(told: Sequence[WaitingRun] | AfkError | None) -> Sequence[WaitingRun] | Missing:
    return _NO_RUNNERS if told is None else told


def _checks(forge: ForgePorts, name: str, branch: str) -> tuple[Sequence[Check] | Missing, int]:
    """Return the checks of a branch's newest commits, and how many commits those are."""
    query = BranchQuery(name, "", branch)
    found = _told(lambda: forge.tracker.branches([query])[query])
    if isinstance(found, AfkError):
        return found, 0
    shas = [one.sha for one in found.commits[:COMMITS]]
    if not shas:
        return Unasked(f"{branch} has no commits"), 0
    read = _told(lambda: forge.checks.read(name, shas))
    if isinstance(read, AfkError):
        return read, len(shas)
    return tuple(check for sha in shas for check in read[sha].checks), len(shas)


def _agent(agent: AgentPorts | Missing) -> AgentSeen:
    if not isinstance(agent, AgentPorts):
        why = Unasked("T3 Code cannot be asked")
        return AgentSeen(threads=agent, session=why, providers=why)
    threads = _told(agent.agent.read)
    session = _told(agent.server.session)
    if isinstance(threads, AfkError):
        return AgentSeen(
            threads=threads,
            session=Unasked("T3 Code did not answer") if isinstance(session, AfkError) else session,
            providers=Unasked("T3 Code did not show its threads"),
        )
    providers = _told(agent.server.providers)
    return AgentSeen(
        threads=threads, session=session, providers=_HIDDEN if providers is None else providers
    )


def _doorbells(patient: Patient, *, ring: bool) -> Sequence[Rung] | Missing:
    if not isinstance(patient.notifiers, Sequence):
        return patient.notifiers
    return tuple(_rung(patient, one, ring=ring) for one in patient.notifiers)


def _rung(patient: Patient, one: Notifier, *, ring: bool) -> Rung:
    message = Ring(
        id=f"doctor:{patient.new_id()}",
        title="afk doctor rings",
        text="This doorbell works. Nothing has happened; somebody tried it.",
        link="",
        loudness=Loudness.QUIET,
    )
    failure = _kept_from(lambda: one.ring(message)) if ring else None
    return Rung(kind=one.kind, rung=ring, failure=failure)
