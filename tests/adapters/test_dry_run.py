"""A dry run's ports: whatever is no read refuses, and nothing of it reaches a server.

Computed from the Protocols: a method that is new in `afk.ports` has to refuse until it is listed
here among the reads.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, get_type_hints

import pytest
from support.factories import MARA, NOW, comment, config, issue
from support.heard import Heard

from afk import ports
from afk.adapters.dry_run import (
    ReadingAgent,
    ReadingEvidence,
    ReadingPulls,
    ReadingTracker,
    SilentNotifier,
    reading_only,
)
from afk.adapters.dry_run_boards import ReadingBoards
from afk.adapters.dry_run_talk import ReadingTalk
from afk.deps import Deps
from afk.errors import WouldWrite, one_of_many
from afk.model.agent import PendingRequest, RequestKind
from afk.model.board import Board
from afk.model.ci import Check, CheckState
from afk.model.forge import IssueHead
from afk.model.pull import MergeMethod, Pull, PullState, ReviewComment
from afk.ports import Agent, BranchQuery, Loudness, Notifier, Ring, ThreadSpec, Tracker
from afk.ports.landing import Evidence, PullQuery, Pulls, PullSpec
from afk.ports.report import Boards
from afk.record.state import Keys
from afk.types import Account, Comment, Forge, Issue, IssueKey, Label

READS: Final[Mapping[type, set[str]]] = {
    Tracker: {"me", "listing", "read", "reread", "repository", "permission", "body_edits"}
    | {"head", "branches", "read_comment", "closed"},
    Agent: {"read", "whole", "detail", "check_provider"},
    Notifier: set(),
    Pulls: {"read", "reread", "rules", "closing"},
    Evidence: {"log_tail"},
    Boards: {"read", "handed_back", "withheld"},
}
CHECKS: Final = {(Agent, "check_provider")}
"""Answer nothing: a look asks about what would start, and who is there."""
_OF_PULLS: Final = {(Pulls, "may_open"), (Pulls, "expect")}
SILENT: Final = {(Tracker, "ensure_labels"), (Tracker, "may_label")} | _OF_PULLS
"""Answer that nothing has to be done: every start asks for all but the last before its first write,
the last announces a read."""

RING: Final = Ring(id="run-1:done", title="Done", text="x", link="", loudness=Loudness.QUIET)
PULL: Final = Pull(
    repository=1,
    repo="acme/app",
    number=9,
    state=PullState.OPEN,
    title="x",
    body="",
    author=MARA,
    head_ref="afk/7-x",
    head_sha="1" * 40,
    base_ref="main",
    created_at=NOW,
    updated_at=NOW,
)
VALUES: Final[Mapping[object, Any]] = {
    str: "text",
    str | None: "text",
    int: 1,
    bool: True,
    Issue: issue(),
    IssueKey: issue().key,
    Comment: comment(),
    Account: MARA,
    Label: Label("ready-for-agent"),
    Sequence[str]: ("one", "two"),
    timedelta | None: timedelta(hours=2),
    Sequence[Issue]: (),
    Sequence[IssueKey]: (),
    Sequence[IssueHead]: (),
    Sequence[BranchQuery]: (),
    Mapping[IssueKey, str] | None: {},
    ThreadSpec: ThreadSpec(id="t", project_id="p", title="x", instance="codex", model="m"),
    PendingRequest: PendingRequest("r", RequestKind.APPROVAL),
    Ring: RING,
    Sequence[PullQuery]: (),
    Pull: PULL,
    PullSpec: PullSpec(repo="acme/app", head="h", base="main", title="x", body="", draft=True),
    ReviewComment: ReviewComment(id="1", thread="1", author=MARA, body="", at=NOW),
    MergeMethod: "squash",
    Check: Check("test", CheckState.FAILURE),
    Board: Board(key=IssueKey("acme/app", 1), repository_id=1, author=MARA, body=""),
}


class Behind:
    """Stands for any port: keeps what it was asked, and answers with a value of its own."""

    forge, host, web, kind = Forge.GITHUB, "github.com", "https://github.com", "slack"
    has_drafts = asks = True

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.answer = object()

    def __getattr__(self, name: str) -> Callable[..., object]:
        """Return a method of any name."""

        def ask(*arguments: Any, **named: Any) -> object:
            self.asked.append((name, arguments, named))
            return self.answer

        return ask


def in_front_of(port: type, behind: Any) -> Any:
    """Return the port of a dry run."""
    fronts: dict[type, Callable[[Any], object]] = {
        Tracker: ReadingTracker,
        Agent: ReadingAgent,
        Notifier: SilentNotifier,
        Pulls: ReadingPulls,
        Evidence: ReadingEvidence,
        Boards: ReadingBoards,
    }
    return fronts[port](behind)


def methods() -> Iterator[tuple[type, str]]:
    """Yield every method of the ports that reach outside and can write."""
    for port in READS:
        for name, member in vars(port).items():
            if inspect.isfunction(member) and not name.startswith("_"):
                yield port, name


def arguments(port: type, name: str) -> tuple[list[Any], dict[str, Any]]:
    """Return a value for every argument that the method takes, by its annotation."""
    method = getattr(port, name)
    hints = get_type_hints(method)
    taken = list(inspect.signature(method).parameters.values())[1:]
    named = [one for one in taken if one.kind is one.KEYWORD_ONLY]
    plain = [VALUES[hints[one.name]] for one in taken if one not in named]
    return plain, {one.name: VALUES[hints[one.name]] for one in named}


WRITES: Final = [pair for pair in methods() if pair[1] not in READS[pair[0]] and pair not in SILENT]
PASSED: Final = [pair for pair in methods() if pair[1] in READS[pair[0]]]


def ids(pairs: Sequence[tuple[type, str]]) -> list[str]:
    return [f"{port.__name__}.{name}" for port, name in pairs]


def test_ports__those_that_can_write__are_all_here() -> None:
    """`Reporter` writes lines for people; CI, checks and history have no writing method."""
    shapes = {
        one
        for module in (ports, ports.landing, ports.report)
        for one in vars(module).values()
        if inspect.isclass(one)
        and one.__module__ == module.__name__
        and hasattr(one, "_is_protocol")
    }
    reading = {ports.CI, ports.Checks, ports.Reporter, ports.report.History}
    assert shapes == {*READS, *reading}
    for port, reads in READS.items():
        assert reads <= set(vars(port)), "a read that the port no longer has"


@pytest.mark.parametrize(("port", "name"), WRITES, ids=ids(WRITES))
def test_dry_run__a_method_that_is_no_read__refuses_and_asks_nobody(port: type, name: str) -> None:
    behind = Behind()
    plain, named = arguments(port, name)

    with pytest.raises(WouldWrite) as refusal:
        getattr(in_front_of(port, behind), name)(*plain, **named)

    assert refusal.value.what
    assert behind.asked == []


@pytest.mark.parametrize(("port", "name"), PASSED, ids=ids(PASSED))
def test_dry_run__a_read__is_passed_on_as_it_was_asked(port: type, name: str) -> None:
    behind = Behind()
    plain, named = arguments(port, name)

    answer = getattr(in_front_of(port, behind), name)(*plain, **named)

    assert answer is (None if (port, name) in CHECKS else behind.answer)
    assert behind.asked == [(name, tuple(plain), named)]


def test_dry_run__what_will_be_read__is_announced_behind() -> None:
    behind = Behind()
    wanted = [PullQuery("acme/app", "afk/7-x")]

    in_front_of(Pulls, behind).expect(wanted)

    assert behind.asked == [("expect", (wanted,), {})]


@pytest.mark.parametrize(
    "ask",
    [
        lambda tracker: tracker.ensure_labels("acme/app", ["ready-for-agent"]),
        lambda tracker: tracker.label(issue()),
        lambda tracker: tracker.label(issue(), add=(), remove=[]),
    ],
    ids=["labels to be made", "no label named", "none to add, none to remove"],
)
def test_dry_run__what_need_not_be_written__is_no_refusal(
    ask: Callable[[ReadingTracker], object],
) -> None:
    behind = Behind()

    assert ask(in_front_of(Tracker, behind)) is None
    assert behind.asked == []


@pytest.mark.parametrize(
    ("add", "remove", "words"),
    [
        (["a", "b"], [], "change labels: a, b"),
        ([], ["c"], "change labels: not c"),
        (["a"], ["b", "c"], "change labels: a, not b, not c"),
    ],
)
def test_dry_run__labels__are_named(add: list[str], remove: list[str], words: str) -> None:
    with pytest.raises(WouldWrite) as refusal:
        in_front_of(Tracker, Behind()).label(issue(), add=add, remove=remove)

    assert refusal.value.what == words


@pytest.mark.parametrize(
    ("archived", "words"),
    [(True, "archive the thread"), (False, "take the thread out of the archive")],
)
def test_dry_run__archiving__says_which_way(archived: object, words: str) -> None:
    with pytest.raises(WouldWrite) as refusal:
        in_front_of(Agent, Behind()).set_archived("t", "c", archived=archived)

    assert refusal.value.what == words


def test_dry_run__a_tracker__has_the_names_of_the_one_behind() -> None:
    front = in_front_of(Tracker, Behind())

    assert (front.forge, front.host, front.web) == (Behind.forge, Behind.host, Behind.web)
    assert in_front_of(Pulls, Behind()).has_drafts


def test_reading_only__all_ports__refuse_and_the_rest_is_as_it_was() -> None:
    behind: Any = Behind()
    deps = Deps(
        config=config(),
        tracker=behind,
        ci=behind,
        pulls=behind,
        evidence=behind,
        boards=behind,
        history=behind,
        talk=behind,
        agent=behind,
        notifiers=(behind, behind),
        report=Heard(),
        keys=Keys(current=b"", previous=b""),
        now=behind.now,
        sleep=behind.sleep,
        new_id=behind.new_id,
    )

    dry = reading_only(deps)

    assert (deps.reads_only, dry.reads_only, dry.talk.asks) == (False, True, True)
    assert isinstance(dry.tracker, ReadingTracker)
    assert isinstance(dry.pulls, ReadingPulls)
    assert isinstance(dry.evidence, ReadingEvidence)
    assert isinstance(dry.boards, ReadingBoards)
    assert isinstance(dry.talk, ReadingTalk)
    assert isinstance(dry.agent, ReadingAgent)
    assert [type(one) for one in dry.notifiers] == [SilentNotifier, SilentNotifier]
    assert (dry.ci, dry.report, dry.config) == (deps.ci, deps.report, deps.config)
    assert dry.history is deps.history, "it has no method that writes"


def test_dry_run__its_refusal__is_told_and_no_failure() -> None:
    heard = Heard()

    with one_of_many(heard) as attempt:
        in_front_of(Notifier, Behind()).ring(RING)

    assert (attempt.done, attempt.told, attempt.error) == (False, True, None)
    assert heard == Heard(events=[("would ring slack: Done", None)])
