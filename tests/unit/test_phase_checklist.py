"""The visible part of the run's comment: the outcome first, then how it goes on, then the rest."""

import re
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.comments import (
    AROUND,
    ASKED,
    FAILED_LINE,
    RED,
    Scene,
    fixing,
    lines,
    over,
    red,
    scenes,
    title,
)
from support.factories import KEYS, NOW, PUSHED, REPO, STARTED, changed, config, record, turn
from support.record_strategies import ODD, RECORDS
from support.run_factories import ended

from afk.phase_checklist import Surroundings, render
from afk.record.answers import Answers, Heard, Reply, Word
from afk.record.codec import encode
from afk.record.groups import MAX_PUSHED
from afk.record.state import MAX_ASKED, Purpose, RunRecord, Stage
from afk.text.messages import why
from afk.types import Reason, Verdict

UNTOLD: Final = re.compile(
    r"\b(turns?|threads?|verdict|gates?|ticks?|frozen|freeze|corrective|parked|dispatch\w*|"
    r"superseded|escalat\w+|phase|claim\w*|record|needs-human|fix.forward|prepush|in flight)\b",
    re.IGNORECASE,
)
"""Words of afk's own trade, which nobody who reads a comment has been told."""
every = pytest.mark.parametrize("scene", scenes(), ids=lambda scene: scene.name)


def shown(scene: Scene) -> str:
    return render(scene.record, scene.config, scene.around)


def html(text: str) -> str:
    """Return a comment as a forge shows it, but for what a forge makes of references."""
    forge = MarkdownIt("gfm-like", {"html": True, "breaks": True, "linkify": False})
    return str(forge.render(text))


@every
def test_render__every_state__is_whole_words_without_boxes_or_jargon(scene: Scene) -> None:
    text = shown(scene)
    said = re.sub(r"```text\n.*?\n```", "", text, flags=re.DOTALL)
    said = re.sub(r"`[^`]*`", "CODE", re.sub(r"<[^>]*>", "", said))
    said = re.sub(r"\]\([^)]*\)", "]", said)
    assert "None" not in said
    assert not re.search(r"\[[ xX]?\]|[{}]|@|\(\)|:\*\* *$", said, re.MULTILINE)
    assert UNTOLD.search(said) is None, UNTOLD.search(said)
    assert all(line.strip() for line in text.split("\n\n")), "an empty part"
    assert text.startswith("### afk: ")


@every
def test_render__every_state__says_first_what_is_and_then_what_to_do(scene: Scene) -> None:
    said = lines(scene.record, scene.around)
    text = shown(scene)
    over_ = scene.record.stage in (Stage.ENDING, Stage.ENDED)
    reason = scene.record.reason
    if over_ and reason is not None:
        assert said[1].startswith(f"**{why(reason, scene.config)}**")
        ways = reason not in (Reason.LANDED, Reason.LABELLED_AGAIN)
        assert ("**What you can do:**" in text) == ways
        assert "**To stop it:**" not in text
        heard = scene.handed_back and reason is not Reason.OVERSIZED
        assert ("Commenting `/afk retry` does the same" in text) == heard
    else:
        assert "**To stop it:** comment `/afk stop`, or take `ready-for-agent` off." in text
        waits = scene.record.stage is Stage.APPROVED
        assert ("What it waits for is as of afk's last look." in text) == waits
        assert ("afk looks again when its schedule or an event wakes it." in text) != waits
    assert text.count("<details>") == (scene.name != "waiting to start")


@every
def test_render__every_state__folds_the_rest_with_markdown_inside(scene: Scene) -> None:
    page = html(shown(scene))
    assert "<input" not in page
    if scene.name != "waiting to start":
        assert re.search(
            r"<details>\s*<summary>Details</summary>\s*<ul>.*</ul>.*</details>", page, re.DOTALL
        )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stage": Stage.APPROVED}, "Waiting to start"),
        ({"stage": Stage.CLAIMED}, "Starting"),
        ({"stage": Stage.RUNNING}, "The agent is at work"),
        ({"turns": (turn(2, Purpose.RESUME),)}, "The agent is at work again"),
        ({"turns": ()}, "The agent is at work"),
        ({"unseen_at": STARTED}, "T3 is out of sight"),
        ({"limited_at": STARTED, "next_try": NOW}, "Paused by a usage limit"),
        ({"limited_at": STARTED}, "The agent is at work"),
        ({"limited_at": STARTED, "unseen_at": NOW}, "T3 is out of sight"),
        ({"stage": Stage.ENDED, "verdict": Verdict.DONE, "unseen_at": STARTED}, "Landed"),
        ({"stage": Stage.ENDING}, "Ending"),
        ({"stage": Stage.ENDING, "verdict": Verdict.FROZEN}, "Handed back to you"),
        ({"stage": Stage.RUNNING, "verdict": Verdict.DONE}, "The agent is at work"),
    ],
)
def test_render__each_stage__has_its_title(changes: dict[str, Any], words: str) -> None:
    assert title(record(**changes)) == words


def test_render__ci__is_called_red_only_where_it_was_seen_to_be() -> None:
    """A verdict of an older commit, or one that CI has taken back, says nothing of this one."""
    frozen = red(stage=Stage.ENDED, verdict=Verdict.FROZEN, reason=Reason.VANISHED)
    assert title(frozen) == "CI still red"
    assert title(changed(frozen, seen_verdict=replace(RED, sha="9" * 40))) == "Handed back to you"
    assert title(changed(frozen, seen_verdict=replace(RED, over=True))) == "Handed back to you"
    assert title(red()) == "CI is red"
    assert title(red(seen_verdict=replace(RED, over=True))) == "CI is running"
    assert title(fixing(3)) == "Fixing CI, try 3 of 5"
    unsent = fixing(3).with_turn(turn(4, Purpose.FIX_FORWARD, red_commit=PUSHED, sent_at=None))
    assert title(unsent) == "Fixing CI, try 3 of 5"
    assert "The agent is told." in lines(unsent)[1]


def test_render__red_branch__is_said_with_its_commits_and_what_failed() -> None:
    run = over(red(pushed=("f" * 40, PUSHED)), Verdict.FROZEN, Reason.TIME_SPENT)
    text = "\n".join(lines(run, AROUND))
    link = f"[`{PUSHED[:10]}`](https://forge.test/{REPO}/commit/{PUSHED})"
    assert f"**`main` is left red:** CI failed on {link}, this run's newest." in text
    assert f"This run's commits there: [`{'f' * 10}`](https://forge.test/" in text
    assert (
        "Failed: [`lint`](https://forge.test/acme/app/actions/2), [`test / unit (3.12)`](" in text
    )


def test_render__failed_checks__only_what_the_record_knows_by_its_digest() -> None:
    other = Surroundings(failed={"0" * 64: "[`evil`](https://evil.test)"})
    assert "Failed: " not in "\n".join(lines(red(), other))
    assert "Failed: " in "\n".join(lines(red(), Surroundings(failed=FAILED_LINE)))
    unknown = red(seen_verdict=replace(RED, failed=""))
    assert "Failed: " not in "\n".join(lines(unknown, Surroundings(failed={"": "x"})))


def test_render__what_people_said__stands_below_with_what_became_of_it() -> None:
    heard = tuple(
        Heard(comment=number, word=word, reply=reply, at=NOW)
        for number, word, reply in [
            (900, Word.STATUS, Reply.SHOWN),
            (901, Word.STOP, Reply.STOPPED),
        ]
    )
    run = record(answers=Answers(upto=901, heard=heard))
    text = render(run, config(), Surroundings(issue_url="https://f.test/7"))
    at = "(2026-11-23 12:00 UTC)"
    assert (
        f"\n\n[`/afk status`](https://f.test/7#issuecomment-900) {at}: this comment says how "
        f"things stand.\n\n[`/afk stop`](https://f.test/7#issuecomment-901) {at}: afk stops the "
        "run.\n\n"
    ) in text


def test_render__over_with_a_question_asked__folds_it_below_the_facts() -> None:
    run = over(record(asked=(ASKED,)), Verdict.NEEDS_HUMAN, Reason.NOTHING_PUSHED)
    folded = render(run, config(), AROUND).partition("<details>")[2]
    facts, question = folded.split("\n\nThe agent asked at ")
    assert facts.splitlines()[-1].startswith("- ")
    assert question.endswith("Nobody was there to answer.\n\n</details>\n")


def test_render__over_and_ci_no_longer_red__names_no_failed_checks() -> None:
    run = over(red(seen_verdict=replace(RED, over=True)), Verdict.FROZEN, Reason.CI_SILENT)
    assert "Failed: " not in "\n".join(lines(run, AROUND))


def test_render__same_record_twice__is_the_same_text() -> None:
    """Nothing is written where nothing changed."""
    assert render(record(), config(), AROUND) == render(record(), config(), AROUND)


def test_render__all_at_its_largest__fits_into_a_comment_of_either_forge() -> None:
    text = "\U0001f4a5" * 2_000
    asked = tuple(replace(ASKED, id=f"q{number}") for number in range(MAX_ASKED))
    run = red(
        pushed=tuple(f"{number:040x}" for number in range(MAX_PUSHED)),
        turns=tuple(ended(turn(number)) for number in range(1, 30)),
        asked=asked,
        detail="d" * 500,
    )
    around = replace(
        AROUND,
        waiting_for="w" * 600,
        questions={ASKED.digest: "q" * 1_200},
        look_alikes=(("l" * 60, f"https://forge.test/{'a' * 300}"),) * 5,
        error=text,
        others="o" * 1_000,
        taken_out="t" * 1_000,
        approver="a" * 100,
    )
    for one in (run, over(run, Verdict.FROZEN, Reason.ATTEMPTS_SPENT)):
        body = encode(one, render(one, config(), around), KEYS)
        assert len(body) < 30_000
        assert body.endswith("Nothing follows from it.\n")


WORDS = st.text(st.sampled_from("a@#1`[](){}<>!/|*_~-\n\\: \u202e.&;"), max_size=30)
ENDINGS = st.tuples(st.sampled_from(Verdict), st.sampled_from(Reason))


@given(
    run=RECORDS,
    how=st.none() | ENDINGS,
    around=st.builds(
        Surroundings,
        approver=WORDS,
        error=WORDS,
        questions=st.just({}),
        look_alikes=st.lists(st.tuples(WORDS, st.just("https://f.test/1")), max_size=2).map(tuple),
        agent_may_run=st.booleans(),
        doorbell_failed=st.booleans(),
    ),
    detail=WORDS | ODD,
    branch=WORDS | ODD,
)
def test_render__any_record__is_text_in_which_nobody_is_named_and_nothing_linked(
    run: RunRecord,
    how: tuple[Verdict, Reason] | None,
    around: Surroundings,
    detail: str,
    branch: str,
) -> None:
    """Whatever others wrote stands in code: no mention, no reference, no link, no HTML."""
    verdict, reason = how or (None, None)
    run = replace(run, verdict=verdict, reason=reason, detail=detail)
    run = changed(run, branch=branch, thread_id="", pushed=(PUSHED,), cost=detail)
    page = html(render(run, config(), around))
    outside = re.sub(r"<(code|pre)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert "@" not in outside
    assert not re.search(r"#[0-9]|<(?!/?(?:h3|p|sub|strong|details|summary|ul|li|br|a)\b)", outside)
    links = set(re.findall(r'href="([^"]*)"', outside))
    assert links <= {"https://f.test/1"}
