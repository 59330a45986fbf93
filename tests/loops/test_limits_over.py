"""A usage limit that is over for good: nobody waits for it any more, on any repository."""

import pytest
from support.loops import HOUR, assert_ended, both, record, said, tick, until
from support.overheard import doorbell

from afk.types import Forge
from afk_sandbox.world import world

GRACE = {"ci": {"grace_seconds": 60}}
OTHER = "99999999-0000-4000-8000-000000000000"


@pytest.mark.protocol_1
@both
def test_hold__for_another_runs_limit__ends_with_the_answer_it_held_up(kind: Forge) -> None:
    """The answer waits for the provider and stops the clocks; once it is given they run again."""
    with world(kind) as here, doorbell(here) as bell:
        here.settings["silence_seconds"] = 100 * HOUR
        # So that the limited run is looked at first, on either forge.
        here.threads = False
        limited, asks = here.repository("limited", **GRACE), here.repository("asks", **GRACE)
        question = here.issue(asks, "Add a till", "[[ask]] [[sleep=1000000]]")
        other = here.issue(limited, "Add a drawer", "[[limit=9000]] [[push]]")
        tick(here)
        assert "nothing is sent now: the provider's usage is limited" in tick(here, after=900)
        assert record(here, question)["pauses"]["held_at"]

        until(here, other, after=1800)
        tick(here)

        found = record(here, question)
        assert len(found["dialogue"]["answered"]) == 1
        assert "held_at" not in found["pauses"]
        assert found["pauses"]["paused_seconds"] >= 9000
        until(here, question, after=HOUR)
        assert_ended(here, question, "needs-human", "prepush-deadline")
        assert [ring["title"].split(":")[0] for ring in bell.rings][-1] == "Handed back to you"


@both
def test_sentinel__its_run_is_ending_and_cannot_end__the_provider_opens(kind: Forge) -> None:
    """T3 was reset while the run waited: what it waited for stops nobody else."""
    with world(kind) as here:
        limited, free = here.repository("limited", **GRACE), here.repository("free", **GRACE)
        issue = here.issue(limited, "Add a till", "[[limit=7200]] [[push]]")
        tick(here)
        tick(here)
        assert record(here, issue)["pauses"]["limited_at"]
        here.t3.environment_id = OTHER
        here.t3.state.threads.clear()
        for _ in range(8):
            tick(here, after=HOUR)
        assert record(here, issue)["stage"] == "ending"
        other = here.issue(free, "Add a drawer", "[[push]]")

        until(here, other)

        assert_ended(here, other, "done", "landed")
        assert record(here, issue)["stage"] == "ending"
        assert said(here, issue) == []
