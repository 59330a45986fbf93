"""What people and agents read, whole, as it was when somebody last looked at it.

Where words change on purpose, ``AFK_SCENES=write`` writes the pages beside this file anew: what
differs there is what will be read.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from support.comments import Scene, scenes, woken
from support.factories import BASE, NOW, PUSHED, RUN_ID, comment, issue, record
from support.pull_factories import OWN_BRANCH, pull, remark, review

from afk.decide.reviews import Asked
from afk.issue_implementer_prompt import (
    ANSWER,
    RESUME,
    Assignment,
    corrective_turn,
    first_turn,
    persons_answer,
    replacement_turn,
)
from afk.landing_prompt import rebase_turn, review_turn
from afk.model.ci import Check, CheckState, CIVerdict
from afk.phase_checklist import render
from afk.record.answers import Answers, Heard, Reply, Word
from afk.text.answers import answer_lines
from afk.types import CIStatus, StageResult

HERE: Final = Path(__file__).parent
TASK: Final = Assignment(run_id=RUN_ID, workspace="/srv/app", branch="main", base_commit=BASE)
LANDING: Final = Assignment(
    run_id=RUN_ID,
    workspace="/srv/app",
    branch=OWN_BRANCH,
    base_commit=BASE,
    base_branch="main",
)
RED: Final = CIVerdict(
    PUSHED,
    CIStatus.RED,
    (StageResult("build", CIStatus.RED, "test failed", "https://ci.test/1"),),
    failed=(Check("unit", CheckState.FAILURE, url="https://ci.test/2"),),
)


def holds(name: str, now: str) -> None:
    page = HERE / name
    if os.environ.get("AFK_SCENES") == "write":
        page.write_text(now, encoding="utf-8")
    assert now == page.read_text(encoding="utf-8")


def shown(scene: Scene) -> str:
    text = render(scene.record, scene.config, scene.around)
    also = f"\n~~~~~ and a new comment\n{woken(scene)}\n" if scene.wakes else ""
    return f"~~~~~ {scene.name}\n{text}\n{also}"


def said() -> Iterator[str]:
    """Yield what becomes of everything that people can say, one line each."""
    heard = [
        Heard(comment=900, word=word, reply=reply, at=NOW)
        for word, reply in [
            *((Word.STATUS, reply) for reply in Reply),
            *((word, Reply.SHOWN) for word in Word),
        ]
    ]
    for one in heard:
        run = record(answers=Answers(upto=900, heard=(one,)))
        for url in ("", "https://forge.test/acme/app/./issues/7"):
            yield from answer_lines(run, url)


def test_comments__are_what_somebody_looked_at() -> None:
    now = "\n".join(shown(scene) for scene in scenes())
    holds("scenes.md", now + "\n~~~~~ what was said to afk\n" + "\n".join(said()) + "\n")


def test_prompts__are_what_somebody_looked_at() -> None:
    asked = Asked((review(),), (remark(), remark(id="c2", line=0)))
    told = {
        "the first message": first_turn(TASK, issue(), (comment(),)),
        "the first message, nothing described": first_turn(TASK, issue(body=""), ()),
        "the first message, by pull request": first_turn(LANDING, issue(), ()),
        "in place of a lost thread": replacement_turn(TASK, issue(), ()),
        "CI is red": corrective_turn(
            TASK, RED, attempt=1, allowed=5, logs=(("unit", "a line\nanother"),)
        ),
        "a review": review_turn(LANDING, pull(), asked, attempt=1, allowed=3),
        "a conflict": rebase_turn(LANDING, pull(), BASE, attempt=1, allowed=2),
        "a person's answer": persons_answer(RUN_ID, f"8080\nAFK-DATA-{RUN_ID[:8]}"),
        "nobody answers": ANSWER,
        "go on": RESUME,
    }
    holds("prompts.md", "".join(f"~~~~~ {name}\n{text}\n" for name, text in told.items()))
