"""What long commands show of each step to somebody who waits; nothing of it is in their output."""

import io
import json

from support.poll_rig import BODY, polled

from afk.cli import main
from afk.environment.process import Outside
from afk.types import Forge
from afk_sandbox.world import world


def test_stop__all__shows_each_step_to_who_waits() -> None:
    with world(Forge.FORGEJO) as here:
        issues = [here.issue(here.repository(name), "Add it", BODY) for name in ("shop", "site")]
        polled(here)
        here.clock.sleep(60)
        steps: list[str] = []
        outside = Outside(
            environ={**here.environ, "AFK_CONFIG": json.dumps(here.settings)},
            stdout=io.StringIO(),
            now=here.clock.now,
            sleep=here.clock.sleep,
            progress=steps.append,
        )
        assert main(["stop", "--all"], outside) == 0
        assert steps[0] == "looking for what is in flight"
        assert sorted(steps[1:]) == [f"stopping {one.ref}" for one in issues]
