"""The new comment that wakes a person: short, linked, known again, holding nobody else's words."""

import pytest
from support.comments import ends
from support.factories import RUN_ID, config, record

from afk.record.codec import is_record
from afk.record.state import RunRecord
from afk.text.messages import why
from afk.text.waking import is_wake, wake_text
from afk.types import Reason, Verdict

HANDS_OVER = (Verdict.NEEDS_HUMAN, Verdict.FROZEN)
RUNS = [one.record for one in ends() if one.record.verdict in HANDS_OVER]


def text(run: RunRecord, mention: str = "@mara", link: str = "https://f.test/7#c1") -> str:
    verdict = run.verdict
    assert verdict is not None
    return wake_text(run, verdict, config(), mention=mention, link=link)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: str(run.reason))
def test_wake__each_reason__says_what_and_where_and_carries_its_marker(run: RunRecord) -> None:
    said = text(run)
    assert run.reason is not None
    assert run.verdict is not None
    assert said.startswith("@mara: **")
    assert why(run.reason, config()) in said
    assert said.count("https://f.test/7#c1") == 1
    assert is_wake(said, run, run.verdict)
    assert not is_record(said)
    assert len(said) < 600


def test_wake__nobody_to_mention_and_no_address__still_says_it() -> None:
    run = record(verdict=Verdict.NEEDS_HUMAN)
    said = text(run, mention="", link="")
    assert said == (
        "**Handed back to you.** What happened, and what you can do, is in afk's comment above."
        f"\n\n<!-- afk:woken {RUN_ID} needs-human -->\n"
    )


def test_is_wake__another_verdict_or_run_or_a_quote__is_not_it() -> None:
    run = record(verdict=Verdict.NEEDS_HUMAN, reason=Reason.ZOMBIE)
    said = text(run)
    assert not is_wake(said, run, Verdict.FROZEN)
    assert not is_wake(said, record(run_id="another"), Verdict.NEEDS_HUMAN)
    assert not is_wake(f"{said}\nWhat does that mean?", run, Verdict.NEEDS_HUMAN)
    assert is_wake(f"{said}\r\n", run, Verdict.NEEDS_HUMAN)
