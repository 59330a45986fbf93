"""The scripted agent: decides by directives in the text it gets what a turn does.

Outside an afk job a text is obeyed as the fake provider behind the recordings did, message by
message. In a job the directives of the thread's first message hold for all its turns:

==================== ==========================================================================
``[[push]]``         commit and push; ``[[push=red,green]]`` is ``[[push]] [[ci=red,green]]``
``[[ci=red,red*]]``  implies push: the line ``CI: <word>`` in the 1st, 2nd, ... commit's message
``[[merged=red]]``   script the CI of what is merged, ``[[queue=red]]`` of the merge queue,
                     ``[[log=text]]`` what a failing job's log says
``[[close]]``        implies push: ``Closes #<issue>`` in the message
``[[idle]]``         end without pushing (so does a job without a word about pushing)
``[[touch=f:3]]``    implies push: each commit writes line 3 of file f; ``f:3=text`` says what
``[[pushto=main]]``  implies push: to that branch, whatever the job says
``[[amend]]``        implies push: in place of the branch's tip, with force
``[[openpull]]``     implies push: open a pull request of its own afterwards
``[[norebase]]``     do nothing in a turn that asks for a rebase; other agents rebase then,
                     keeping their own text where lines conflict
``[[slow=S]]``       the work takes S seconds
``[[linger]]``       go on running after the work for ever; ``[[linger=S]]``: for S seconds
``[[ask]]``          ask a question once; ``[[ask=2]]``: twice in the thread
``[[approval]]``     ask for an approval, likewise
``[[limit=S]]``      the turn ends at a usage limit that resets in S seconds, then the thread
                     goes on; ``[[limit=60,90]]``: two turns do; ``[[limit]]``: no reset named
``[[die]]``          the turn fails before anything is pushed; ``[[fail]]``: with a limit's text;
                     ``[[die=TEXT]]``: with that text
``[[crash]]``        the provider's process dies; so with ``[[exit0]]``
``[[hang]]``         run for ever
``[[starterror]]``   the provider refuses the turn
``[[write=path]]``   write a file; ``[[retry]]``: report trouble; ``[[sleep=S]]``: take S seconds
==================== ==========================================================================

``[[name@N]]`` strikes in the thread's N-th turn only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from afk_sandbox.agents.directives import Directives, Job, read_directives, read_job
from afk_sandbox.agents.hands import Hands, Push, PushRefused, Rebase, asked_rebase
from afk_sandbox.agents.script import (
    Act,
    AskApproval,
    AskUser,
    Crash,
    Do,
    Fail,
    Hang,
    Say,
    Script,
    Wait,
    Warn,
    Write,
)

LIMIT = "You've hit your usage limit. Try again later."
"""What the fake provider's ``[[fail]]`` said (31)."""


_ANSWERED = 3.0
"""Seconds that an agent goes on thinking after it was answered, or declined."""

_PUSHES = ("push", "ci", "close", "touch", "pushto", "amend", "openpull")
"""The directives that are about pushing."""


@dataclass(slots=True)
class _Memory:
    """What an agent remembers of a thread."""

    job: Job
    wishes: Directives
    turns: int = 0
    pushes: int = 0
    limits: int = 0
    asked: dict[str, int] = field(default_factory=dict)


class ScriptedAgent:
    """Plays every thread of a server; pushes as ``actor`` through the `Hands` it is given."""

    def __init__(self, hands: Hands, *, actor: str = "agent") -> None:
        """Remember nothing yet."""
        self._hands = hands
        self._actor = actor
        self._threads: dict[str, _Memory] = {}

    def turn(self, thread_id: str, text: str, now: datetime) -> Script:
        """Return what the turn does that this message starts."""
        memory = self._threads.get(thread_id)
        if memory is None:
            job = read_job(text)
            if job is None:
                return _plain(text)
            memory = self._threads[thread_id] = _Memory(job, read_directives(text))
        memory.turns += 1
        if memory.wishes.has("starterror", memory.turns):
            return Script(refused="fake turn/start refused")
        return Script(tuple(self._work(memory, text, now)))

    def _work(self, memory: _Memory, text: str, now: datetime) -> Iterator[Act]:
        wishes, turn = memory.wishes, memory.turns
        part = Wait((wishes.seconds("slow", turn) + wishes.seconds("sleep", turn)) / 3)
        yield Say("AFK-PHASE: worktree\n")
        limit = _limit(memory, now)
        if limit:
            yield Fail(limit)
            return
        trouble = _trouble(wishes, turn)
        yield from trouble
        if trouble and isinstance(trouble[-1], Fail | Crash | Hang):
            return
        for name, question in (("ask", AskUser()), ("approval", AskApproval())):
            wanted = int(wishes.seconds(name, turn)) or 1
            while wishes.has(name, turn) and memory.asked.get(name, 0) < wanted:
                memory.asked[name] = memory.asked.get(name, 0) + 1
                yield question
                yield Wait(_ANSWERED)
        yield part
        yield Say("AFK-PHASE: tests_red\n")
        yield part
        yield Say("AFK-PHASE: green\n")
        yield part
        rebase = asked_rebase(text) if turn > 1 else None
        pushes = any(wishes.has(name, turn) for name in _PUSHES)
        if rebase is not None and not wishes.has("norebase", turn):
            yield Do(lambda: self._rebase(memory, *rebase))
        elif rebase is None and pushes and not wishes.has("idle", turn):
            yield Do(lambda: self._push(memory))
        if wishes.has("linger", turn):
            seconds = wishes.seconds("linger", turn)
            yield Wait(seconds) if seconds else Hang()
        yield Say(f"All done: {text[:40]}")

    def _push(self, memory: _Memory) -> tuple[Act, ...]:
        memory.pushes += 1
        job, count, wishes, turn = memory.job, memory.pushes, memory.wishes, memory.turns
        branch = wishes.value("pushto", turn) or job.branch
        push = Push(
            repo=job.repo,
            branch=branch,
            message=_commit_message(memory),
            actor=self._actor,
            base=job.base,
            touch=wishes.value("touch", turn) or "",
            amend=wishes.has("amend", turn),
        )
        try:
            sha = self._hands.push(push)
        except PushRefused as refused:
            return (Say(f"The push to {branch} was refused: {refused}\n"),)
        said = [Say(f"Pushed {sha} to {branch} (push {count}).\n")]
        if wishes.has("openpull", turn):
            title, body = f"My work on issue {job.issue}", f"Closes #{job.issue}"
            number = self._hands.open_pull(job.repo, branch, title, body, self._actor)
            said.append(Say(f"Pull request of my own: {number}.\n"))
        return tuple(said)

    def _rebase(self, memory: _Memory, onto: str, lease: str) -> tuple[Act, ...]:
        job = memory.job
        rebase = Rebase(repo=job.repo, branch=job.branch, onto=onto, lease=lease, actor=self._actor)
        try:
            sha = self._hands.rebase(rebase)
        except PushRefused as refused:
            return (Say(f"The push to {job.branch} was refused: {refused}\n"),)
        return (Say(f"Rebased {job.branch} onto {onto}: {sha}.\n"),)


def _commit_message(memory: _Memory) -> str:
    """Return a commit's message; the run's trailer stands in its last paragraph."""
    job, wishes = memory.job, memory.wishes
    subject = "Do" if memory.pushes == 1 else f"Correct (push {memory.pushes})"
    paragraphs = [f"{subject} what issue {job.issue} asks for"]
    if wishes.has("close", memory.turns):
        paragraphs.append(f"Closes #{job.issue}")
    outcome = wishes.outcome("ci", memory.pushes) or wishes.outcome("push", memory.pushes)
    if outcome:
        paragraphs.append(f"CI: {outcome}")
    for name, key in (("merged", "CI-Merged"), ("queue", "CI-Queue"), ("log", "CI-Log")):
        word = wishes.value(name, memory.turns)
        if word:
            paragraphs.append(f"{key}: {word}")
    return "\n\n".join([*paragraphs, f"AFK-Run: {job.run}"]) + "\n"


def _limit(memory: _Memory, now: datetime) -> str:
    """Return the text of the usage limit this turn ends at; empty without one.

    Claude Code's text names the reset in epoch seconds (anthropics/claude-code #11429), the
    other one names nothing (openai/codex #2669).
    """
    own = memory.wishes.value("limit", memory.turns)
    if own is None:
        return ""
    resets = own.split(",")
    if memory.limits >= len(resets):
        return ""
    memory.limits += 1
    seconds = resets[memory.limits - 1].strip()
    if not seconds.isdecimal():
        return LIMIT
    return f"Claude AI usage limit reached|{int(now.timestamp()) + int(seconds)}"


def _trouble(wishes: Directives, turn: int) -> list[Act]:
    """Return what goes wrong, and what the fake provider did before anything went wrong."""
    acts: list[Act] = []
    path = wishes.value("write", turn)
    if path:
        acts.append(Write(path))
    ends: tuple[tuple[str, Act], ...] = (
        ("retry", Warn("stream disconnected, retrying 1/5")),
        ("fail", Fail(LIMIT)),
        ("die", Fail(wishes.value("die", turn) or "The agent gave up: internal error.")),
        ("crash", Crash()),
        ("exit0", Crash()),
        ("hang", Hang()),
    )
    return acts + [act for name, act in ends if wishes.has(name, turn)]


def _plain(text: str) -> Script:
    """Do what the fake provider behind the recordings did with this text."""
    wishes = read_directives(text)
    if wishes.has("starterror", 1):
        return Script(refused="fake turn/start refused")
    acts: list[Act] = [Say("Working on it. "), Wait(wishes.seconds("sleep", 1))]
    acts += _trouble(wishes, 1)
    if wishes.has("approval", 1):
        acts.append(AskApproval())
    if wishes.has("ask", 1):
        acts.append(AskUser())
    return Script((*acts, Say(f"All done: {text[:40]}")))
