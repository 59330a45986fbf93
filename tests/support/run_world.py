"""A pure model of one run's world: a T3 server, a branch, CI, and ticks that may die anywhere.

It notes and decides as a tick does and carries the decision out on the model, in the order in
which the loops do: intended turn written, T3 told, sent turn written. What must never happen is
asserted where it would happen.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final, cast

from support.factories import NOW, changed, config, issue, record, turn
from support.run_factories import OTHER_SERVER, UNSEEN, VANISHED, branch, observed, verdict

from afk.act.later_turns import intend
from afk.decide.decision import Decision
from afk.decide.lifecycle import decide
from afk.decide.observation import Observation, note
from afk.decide.thread_facts import ThreadFacts, own_message_ids
from afk.model.agent import PendingRequest, Presence, RequestKind
from afk.observe.run_in_flight import Followed
from afk.observe.tick import Tick
from afk.record import names
from afk.record.state import Purpose, RunRecord, Stop
from afk.types import Action, CIStatus, Issue, ThreadStatus

CONFIG: Final = config()
LIVE: Final = {"running", "asks"}
STOPPED: Final = {"failed", "limited", "died"}
TURNS: Final = {Action.FIX_FORWARD, Action.RESUME, Action.REDISPATCH}
ENDS: Final = {
    Action.CLOSE_SUCCESS,
    Action.ESCALATE_PREPUSH,
    Action.FREEZE_ESCALATE,
    Action.END_STOPPED,
    Action.END_SUPERSEDED,
    Action.PARK,
}
STATUS: Final = {
    "running": ThreadStatus.RUNNING,
    "asks": ThreadStatus.NEEDS_HUMAN,
    "idle": ThreadStatus.IDLE,
    "failed": ThreadStatus.ERROR,
    "limited": ThreadStatus.ERROR,
    "died": ThreadStatus.INTERRUPTED,
}
LIMIT: Final = "You've hit your usage limit. Try again later."


@dataclass
class SimThread:
    """A thread of the run in T3. ``state`` is that of its newest turn; "lost": T3 shows none."""

    messages: dict[str, datetime] = field(default_factory=dict)
    state: str = "lost"
    error: str = ""
    moved_at: datetime = NOW
    questions: int = 0
    foreign: bool = False


@dataclass
class World:
    """One run. ``temper`` is what becomes of turns that start; "" leaves them running."""

    record: RunRecord = field(
        default_factory=lambda: record(
            turns=(turn(sent_at=NOW, requested_at=None),), started_at=NOW
        )
    )
    issue: Issue = field(default_factory=issue)
    now: datetime = NOW
    reach: str = "ok"
    wedged: bool = False
    temper: str = ""
    threads: dict[int, SimThread] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)
    ci: CIStatus | None = None
    ended: Decision | None = None
    corrective: set[str] = field(default_factory=set)
    history: list[str] = field(default_factory=list)
    on_its_way: tuple[datetime, int, str, Purpose] | None = None

    def __post_init__(self) -> None:
        """The first turn was sent just now and is at work."""
        first = self.record.dialogue.turns[0].message_id
        self.threads[1] = SimThread({first: NOW}, "running")

    @property
    def thread(self) -> SimThread | None:
        """Return the thread that the record names, if T3 has it."""
        return self.threads.get(self.record.thread.attempt)

    # --- what happens by itself ----------------------------------------------------------------

    def happen(self, event: str) -> None:
        """Let something happen to the agent, T3, CI or the thread; nonsense changes nothing."""
        self.history.append(event)
        match event:
            case "ok" | "unread" | "other":
                self.reach = event
            case "wedge" | "unwedge":
                self.wedged = event == "wedge"
            case "green" | "red" | "pending":
                self.ci = CIStatus(event) if self.commits else None
            case "vanish":
                self.threads.clear()
            case "push":
                if any(thread.state in LIVE for thread in self.threads.values()):
                    self.commits.append(f"{len(self.commits) + 1:040x}")
                    self.ci = None
            case "foreign":
                if self.thread is not None:
                    self.thread.foreign = True
                    self.thread.messages[f"theirs-{self.now}"] = self.now
                    self._become(self.thread, "running")
            case _ if self.thread is not None and self.thread.state in LIVE:
                self._become(self.thread, event)

    def _become(self, thread: SimThread, state: str) -> None:
        thread.moved_at = self.now
        if state == "work":
            return
        thread.state, thread.error = state.removesuffix("-named"), ""
        thread.questions += state == "asks"
        if state == "limited":
            thread.error = LIMIT
        if state == "limited-named":
            reset = int((self.now + timedelta(hours=3)).timestamp())
            thread.error = f"Claude AI usage limit reached|{reset}"

    # --- one tick ------------------------------------------------------------------------------

    def facts(self) -> ThreadFacts:
        """Return what T3 shows of the run's thread in this tick."""
        if self.reach != "ok":
            return UNSEEN if self.reach == "unread" else OTHER_SERVER
        thread = self.thread
        if thread is None:
            return VANISHED
        known, beyond = own_message_ids(self.record, len(thread.messages))
        return ThreadFacts(
            presence=Presence.PRESENT,
            status=STATUS.get(thread.state),
            requested_at=dict(thread.messages),
            foreign=any(one not in known | beyond for one in thread.messages),
            regressed=any(one in beyond for one in thread.messages),
            error=thread.error,
            still_for=self.now - thread.moved_at,
            pending=self._questions(thread),
            stopped=thread.state in STOPPED or not thread.messages,
        )

    @staticmethod
    def _questions(thread: SimThread) -> tuple[PendingRequest, ...]:
        if thread.state != "asks":
            return ()
        return (PendingRequest(f"question-{thread.questions}", RequestKind.QUESTION),)

    def look(self) -> Observation:
        """Return the observation of this tick."""
        seen = verdict(self.ci, self.commits[-1]) if self.commits else None
        return observed(
            self.record,
            now=self.now,
            issue=self.issue,
            thread=self.facts(),
            branch=branch(*reversed(self.commits)),
            verdict=seen,
        )

    def tick(self, fault: str = "") -> Decision:
        """Observe, decide, act. ``fault``: where the tick dies, or what T3 loses.

        "unwritten": before anything is written; "lost": T3 never gets the command;
        "late": T3 gets it after the next tick; "unrecorded": T3 got it and the tick dies before
        writing so.
        """
        late, self.on_its_way = self.on_its_way, None
        decision = self._step(fault)
        if late is not None:
            self._arrive(*late)
        return decision

    def _arrive(self, sent_at: datetime, attempt: int, message: str, purpose: Purpose) -> None:
        """A slow tick's command reaches T3, if such a tick could still live.

        That a person writes in between cannot be excluded by any order of reads and writes.
        """
        too_late = self.now - sent_at > timedelta(seconds=CONFIG.tick_seconds)
        thread = self.threads.get(attempt)
        unknown = thread is None and purpose is not Purpose.REPLACEMENT
        overtaken = thread is not None and thread.foreign
        if too_late or unknown or overtaken or self.reach != "ok":
            return
        if thread is None or message not in thread.messages:
            assert self.ended is None, "a turn was sent into a run that had ended"
            self._deliver(attempt, message, purpose)

    def _step(self, fault: str) -> Decision:
        seen = self.look()
        noted = note(seen, CONFIG)
        decision = decide(noted, seen, CONFIG)
        self.history.append(f"{decision.action.value} ({decision.rule}) {fault}")
        if fault == "unwritten":
            return decision
        run = Followed(
            issue=seen.issue,
            found=cast("Any", None),
            observed=seen,
            record=noted,
            decision=decision,
        )
        if decision.action in ENDS:
            self._end(noted, decision)
        elif decision.action in TURNS:
            self._send(run, fault)
        elif decision.action is Action.STOP_SESSION:
            self.record = changed(
                noted, stops=(*noted.dialogue.stops, Stop(at=self.now, rule=decision.rule))
            )
            self._stop(fault)
        elif decision.action is Action.ANSWER:
            self._answer(noted, fault)
        else:
            self.record = noted
        return decision

    def _end(self, noted: RunRecord, decision: Decision) -> None:
        self.record, self.ended = noted, decision
        if decision.action is Action.CLOSE_SUCCESS:
            assert self.commits, "closed with nothing pushed"
            assert self.ci is CIStatus.GREEN, "closed without a green verdict"

    def _stop(self, fault: str) -> None:
        thread = self.thread
        if thread is not None and not fault and not self.wedged and self.reach == "ok":
            self._become(thread, "died")

    def _answer(self, noted: RunRecord, fault: str) -> None:
        thread = self.thread
        assert thread is not None
        assert thread.state == "asks"
        assert not thread.foreign, "answered beside somebody else"
        asked = tuple(one.id for one in self._questions(thread))
        assert not noted.dialogue.answered, "answered twice"
        self.record = changed(noted, answered=(*noted.dialogue.answered, *asked))
        if fault != "lost":
            self._become(thread, "running")

    def _send(self, run: Followed, fault: str) -> None:
        """Intend, tell T3, record: with the loop's own `intend`."""
        self.record = intend(cast("Tick", SimpleNamespace(now=self.now)), run)
        assert self.record.thread.replacements <= CONFIG.redispatches, "replaced once too often"
        if fault == "lost":
            return
        last = self.record.dialogue.turns[-1]
        if fault == "late":
            self.on_its_way = (self.now, self.record.thread.attempt, last.message_id, last.purpose)
            return
        self._deliver(self.record.thread.attempt, last.message_id, last.purpose)
        if fault != "unrecorded":
            self.record = self.record.with_turn(replace(last, sent_at=self.now))

    def _deliver(self, attempt: int, message: str, purpose: Purpose) -> None:
        assert self.reach == "ok", f"a turn was sent while T3 was {self.reach}"
        self.history.append(f"{purpose.value} arrives")
        for thread in self.threads.values():
            assert thread.state not in LIVE, "a turn beside another"
        thread = self.threads.setdefault(attempt, SimThread(moved_at=self.now))
        assert not thread.foreign, "a turn beside somebody else's message"
        if message in thread.messages:
            return
        if thread.messages:
            assert purpose is not Purpose.REPLACEMENT, "a second first turn in a thread"
        if purpose is Purpose.FIX_FORWARD:
            self.corrective.add(message)
            assert len(self.corrective) <= CONFIG.fix_forward_max_attempts, "too many turns"
        thread.messages[message] = self.now
        self._become(thread, "lost" if self.wedged else "running")
        if self.temper and not self.wedged:
            self._become(thread, self.temper)


def first_message() -> str:
    """Return the id of the world's first message."""
    return names.message_id(record().run_id, 1, 1)
