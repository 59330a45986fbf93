"""A server that sends back what it was sent: the secret leaves the process nowhere."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from support.overheard import doorbell
from support.poll_rig import BODY, on_both_forges, polled, record

from afk.types import Forge
from afk_sandbox.faults import Fault, FaultHook
from afk_sandbox.world import World, world


def echoing(here: World, status: int, part: str, before: str = "") -> FaultHook:
    """Answer requests of this path like a gateway that shows the request it refuses."""
    told = f"{before}refused: authorization: Bearer {here.environ['AFK_T3_TOKEN']}"

    def strike(_method: str, path: str) -> Fault | None:
        if part not in path:
            return None
        return Fault("before", status, told.encode(), "text/plain")

    return strike


def leaks(here: World, told: Sequence[str]) -> list[str]:
    """Return where T3's bearer stands; what was written to the forge is in its log of requests."""
    token = here.environ["AFK_T3_TOKEN"]
    written = [one.body for one in here.log.exchanges]
    return [text[:80] for text in (*told, *written) if token in text or token[:12] in text]


@pytest.mark.protocol_1
@pytest.mark.parametrize(("status", "ticks"), [(400, 1), (403, 3), (413, 3)])
@pytest.mark.parametrize("before", ["", "x" * 280])
@on_both_forges
def test_dispatch__refused_by_a_gateway_that_repeats_the_bearer__it_is_shown_nowhere(
    kind: Forge, status: int, ticks: int, before: str, tmp_path: Path
) -> None:
    """Not in the comment that names the refusal, the doorbell, the log, the summary, the JSON."""
    with world(kind) as here, doorbell(here) as bell:
        here.environ["AFK_T3_TOKEN"] = token = "t3-sicret-0123456789-abcdef"
        here.t3.tokens = {token: next(iter(here.t3.tokens.values()))}
        here.environ["GITHUB_STEP_SUMMARY"] = str(tmp_path / "summary")
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.faults["t3"] = echoing(here, status, "/dispatch", before)
        told = [polled(here).output for _ in range(ticks)]
        assert record(here, issue)["verdict"] == "needs-human"
        assert bell.rings
        summary = tmp_path / "summary"
        told += [str(bell.rings), summary.read_text(encoding="utf-8") if summary.exists() else ""]
        assert leaks(here, told) == []
        assert any("refused" in one for one in told)


@pytest.mark.parametrize("status", [400, 403, 500, 503])
@pytest.mark.parametrize("server", ["t3", "forge"])
@on_both_forges
def test_reads__refused_by_a_gateway_that_repeats_the_bearer__it_is_shown_nowhere(
    kind: Forge, server: str, status: int
) -> None:
    with world(kind) as here:
        here.issue(here.repository("shop"), "Add a till", BODY)
        here.faults[server] = echoing(here, status, "/")
        assert leaks(here, [polled(here).output]) == []
