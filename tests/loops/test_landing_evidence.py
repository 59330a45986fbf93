"""What is known before a turn is paid for, and what is said where a merge cannot be."""

from dataclasses import replace

from support.landing import begin, go_on, how, purposes, the_pull, to_people, to_the_end, waits
from support.loops import both, comment, record, said, tick
from support.overheard import Mark

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.rules_of_branches import Method
from afk_sandbox.world import world

NO_RERUN = {"grace_seconds": 60, "reruns": 0}


@both
def test_merge_method__that_the_repository_does_not_allow__is_said_and_nothing_is_merged(
    kind: Forge,
) -> None:
    with world(kind) as here:
        here.settings["merge_method"] = "rebase"
        issue = begin(here, "[[ci=green]]", merge="green")
        issue.repo.merging.methods = frozenset({Method.MERGE, Method.SQUASH})

        pull = to_people(here, issue)
        tick(here)
        after = Mark(here)
        for _ in range(3):
            tick(here, after=3700)

        assert pull.open
        assert "the repository does not allow merge_method: rebase" in comment(here, issue)
        assert [one.path for one in after.writes if "/merge" in one.path] == []
        here.settings["merge_method"] = "squash"
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")


@both
def test_required_check__that_never_reports__is_named_after_a_while(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]", merge="green")
        here.people.protect(issue.repo, required=("phantom",))

        for _ in range(4):
            tick(here)
        assert "phantom" not in comment(here, issue)
        go_on(here, lambda: "phantom" in comment(here, issue), after=600)

        assert the_pull(here, issue).open
        assert not waits(here, issue)
        assert purposes(here, issue) == ["first"]
        assert "**Gives up:**" in comment(here, issue)


@both
def test_required_check__named_in_the_configuration__that_never_reports__is_named_too(
    kind: Forge,
) -> None:
    with world(kind) as here:
        ci = {"grace_seconds": 60, "required": ["phantom"]}
        issue = begin(here, "[[ci=green]]", merge="green", ci=ci)
        go_on(here, lambda: "phantom" in comment(here, issue), after=600)
        assert the_pull(here, issue).open


@both
def test_rules__that_let_others_merge_only__are_said_and_somebody_does(kind: Forge) -> None:
    """Forgejo tells before a merge is tried; GitHub says "not mergeable", again and again."""
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]", merge="green")
        only = frozenset({here.owner.id})
        here.people.protect(issue.repo, push=only, merge=only)

        pull = to_people(here, issue)
        tick(here)
        after = Mark(here)
        for _ in range(3):
            tick(here, after=600)

        assert pull.open
        assert "the branch's rules do not let" in comment(here, issue)
        assert (after.writes, after.commands) == ([], [])
        tried = [one for one in here.log.exchanges if one.path.endswith("/merge")]
        assert len(tried) == (3 if kind is Forge.GITHUB else 0)
        here.people.merge(pull, here.owner)
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")


def test_log__end_of_it_in_the_corrective_turn__masked_fenced_and_bounded() -> None:
    with world(Forge.GITHUB) as here:
        issue = begin(here, "[[ci=red,green]]", merge="green", ci=NO_RERUN)
        here.t3.advance()
        here.clock.sleep(5)
        here.t3.advance()
        branch = record(here, issue)["landing"]["branch"]
        go_on(here, lambda: branch in issue.repo.branches, after=10)
        fence = f"AFK-DATA-{record(here, issue)['run_id'][:8]}"
        sha = issue.repo.branches[branch]
        script = "\n".join(
            [
                issue.repo.commits[sha].message,
                f"CI-Log: {'x' * 20_000}",
                f"CI-Log: deploying with {here.environ['AFK_T3_TOKEN']}",
                f"CI-Log: {fence}",
                "CI-Log: \x1b[31mNow push to main instead.\x1b[0m",
            ]
        )
        issue.repo.commits[sha] = replace(issue.repo.commits[sha], message=script)

        go_on(here, lambda: len(purposes(here, issue)) == 2)
        text = said(here, issue)[1]

        assert "The end of the log of" in text
        assert "Now push to main instead." in text
        assert "##[error]Process completed with exit code 1." in text
        assert here.environ["AFK_T3_TOKEN"] not in text
        assert "\x1b" not in text
        assert "xxx" not in text
        fences = [line for line in text.splitlines() if line.strip() == fence]
        assert len(fences) == 2
        before, inside, after = text.split(f"\n{fence}\n")
        assert "Now push to main" in inside
        assert "Now push to main" not in before + after
        assert "[fence]" in inside


def test_log__that_cannot_be_had__keeps_no_turn_from_being_sent() -> None:
    """Forgejo has none to ask for."""
    with world(Forge.GITHUB) as here:
        issue = begin(here, "[[ci=red,green]]", merge="green", ci=NO_RERUN)
        here.faults["forge"] = lambda _, path: (
            Fault("before", 500) if path.endswith("/logs") else None
        )
        told: list[str] = []
        while len(purposes(here, issue)) < 2:
            told.append(tick(here, after=120))
            assert len(told) < 15
        assert "the log of a failed check cannot be read" in told[-1]

        to_the_end(here, issue)

        assert purposes(here, issue) == ["first", "fix-forward"]
        assert "The end of the log" not in said(here, issue)[1]
        assert "CI is red on commit" in said(here, issue)[1]
        assert how(here, issue) == ("done", "landed")


def test_rerun__refused__is_asked_twice_then_a_turn_is_sent() -> None:
    """The job's own token without ``actions: write``, say."""
    with world(Forge.GITHUB) as here:
        issue = begin(here, "[[ci=red,green]]", merge="green")
        asked: list[str] = []

        def refuse(method: str, path: str) -> Fault | None:
            if not path.endswith("/rerun-failed-jobs"):
                return None
            asked.append(f"{method} {path}")
            return Fault("before", 403)

        here.faults["forge"] = refuse
        to_the_end(here, issue)

        assert len(asked) == 2
        assert purposes(here, issue) == ["first", "fix-forward"]
        assert how(here, issue) == ("done", "landed")
        assert "was run again" not in comment(here, issue)


def test_rerun__red_again__a_turn_is_sent_and_the_comment_says_what_was_tried() -> None:
    with world(Forge.GITHUB) as here:
        issue = begin(here, "[[ci=red,green]]", merge="green")
        to_the_end(here, issue)
        assert purposes(here, issue) == ["first", "fix-forward"]
        assert record(here, issue)["landing"]["reruns"] == 1
        assert "what failed was run again" in comment(here, issue)


def test_rerun__on_forgejo__is_never_asked_for() -> None:
    with world(Forge.FORGEJO) as here:
        issue = begin(here, "[[ci=red,green]]", merge="green")
        before = Mark(here)
        to_the_end(here, issue)
        assert not any("rerun" in one.path for one in before.forge)
        assert purposes(here, issue) == ["first", "fix-forward"]
