"""A spent rate limit ends the tick cleanly: nothing more is written, and it is no failure."""

import pytest
from support import troubles
from support.loops import CI_GRACE, both, only, record, records, tick, until
from support.overheard import Mark
from support.rivals import contested, hiding

from afk.types import Forge
from afk_sandbox.world import World, world


def limited(here: World, method: str, part: str) -> None:
    """Let the forge refuse what is asked too fast: on GitHub a 403, at a proxy's a 429."""
    fault = troubles.forbidden(here, "forge")
    here.faults["forge"] = only(method, part, fault)


@both
@pytest.mark.parametrize("tried", [["labels"], ["labels", "comments"]])
def test_poll__limited_at_its_first_write__writes_no_more_and_resumes(
    kind: Forge, tried: list[str]
) -> None:
    """An issue is marked as one to look at before it gets its record.

    Repositories go side by side: what is under way there meets the limit, too, or ends; nothing
    begins.
    """
    with world(kind) as here:
        repos = [here.repository(name, **CI_GRACE) for name in ("shop", "site", "stall")]
        issues = [here.issue(repo, "Add a till", "[[push]]") for repo in repos]
        limited(here, "POST", f"/{tried[-1]}")
        before = Mark(here)

        heard = tick(here)

        for repo in repos:
            written = [one for one in before.writes if f"/{repo.full_name}/" in one.path]
            assert [one.method for one in written] == ["POST"] * len(written)
            last = [one.path.rsplit("/", 1)[1] for one in written]
            assert last == tried[: len(last)]
        assert before.writes[-1].path.endswith(tried[-1])
        assert before.commands == []
        assert heard.count("resumes next tick") == 1
        here.faults.clear()
        tick(here)
        assert [record(here, issue)["stage"] for issue in issues] == ["running"] * 3


@both
@pytest.mark.parametrize(("method", "part"), [("PATCH", "/comments/"), ("POST", "/comments")])
def test_watch__limited_at_a_write__drives_no_further_run_and_starts_none(
    kind: Forge, method: str, part: str
) -> None:
    """In the second case the watcher is through, and the poller writes first."""
    with world(kind) as here:
        repos = [here.repository(name, **CI_GRACE) for name in ("shop", "site", "stall")]
        begun = [here.issue(repo, "Add a till", "[[push]]") for repo in repos[:2]]
        tick(here)
        waits = here.issue(repos[2], "Add a drawer", "[[push]]")
        limited(here, method, part)
        before = Mark(here)

        heard = tick(here)

        assert heard.count("resumes next tick") == 1
        for repo in repos:
            written = [one for one in before.writes if f"/{repo.full_name}/" in one.path]
            refused = [one for one in written if one.method == method and part in one.path]
            assert len(refused) <= 1
            assert written[len(written) - len(refused) :] == refused
        assert records(here, waits) == []
        here.faults.clear()
        for issue in (*begun, waits):
            assert until(here, issue)["verdict"] == "done"


@pytest.mark.protocol_1
@both
def test_poll__limited_while_it_asks_about_a_rival__the_claim_stands_until_it_may_ask(
    kind: Forge,
) -> None:
    """Whether the rival's run has ended is then not known, which is no reason to give way."""
    with world(kind) as here:
        issue, theirs, thread = contested(here, starts=True)
        before = Mark(here)

        ticked = here.run("poll", transport=hiding(here, thread, theirs, status=429))

        assert ticked.exit_code == 0
        assert ticked.output.count("resumes next tick") == 1
        assert before.commands == ["thread.create"]
        assert [one["stage"] for one in records(here, issue)] == ["claimed"]
        assert records(here, theirs) == []
        tick(here)
        assert [one["stage"] for one in records(here, issue)] == ["approved"]
