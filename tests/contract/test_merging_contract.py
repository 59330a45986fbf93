"""What every forge's merge and update have to do: at that head, in that way, or not at all."""

from dataclasses import replace

import pytest
from support.benches import ForgeBench
from support.pulls_contract import (
    HEAD,
    MESSAGE,
    TITLE,
    clean,
    given_branch,
    landing,
    merge,
    one,
    opened,
    spec,
    until,
)

from afk.errors import NotFound
from afk.model.pull import (
    Mergeability,
    MergeMethod,
    MergeResult,
    Pull,
    PullState,
    UpdateResult,
)
from afk.ports import BranchQuery
from afk.types import Forge


def messages(bench: ForgeBench, pull: Pull, base: str) -> list[str]:
    """Return what main's commits beyond a commit say."""
    query = BranchQuery(pull.repo, base, "main")
    commits = bench.tracker().branches([query])[query].commits
    return [commit.message.strip() for commit in commits]


def landed(bench: ForgeBench, name: str, method: MergeMethod) -> tuple[Pull, list[str]]:
    """Return a pull after its merge, and what main's new commits say."""
    pull = opened(bench, name)
    base = bench.tracker().head(pull.repo, "main")

    done = merge(bench, pull, method)

    assert done.result is MergeResult.MERGED
    after = one(bench, pull.repo, pull.number)
    assert (after.state, after.merged_by.login) == (PullState.MERGED, "bot")
    assert after.merge_commit == bench.tracker().head(pull.repo, "main")
    assert after.head_sha == pull.head_sha
    return after, messages(bench, after, base)


def test_merge__by_merging__says_what_afk_says(bench: ForgeBench) -> None:
    _, said = landed(bench, "merge", "merge")

    assert f"{TITLE}\n\n{MESSAGE}" in said
    assert len(said) == 2


def test_merge__by_squashing__says_what_afk_says_and_nothing_else(bench: ForgeBench) -> None:
    _, said = landed(bench, "squash", "squash")

    assert said == [f"{TITLE}\n\n{MESSAGE}"]


def test_merge__by_rebasing__keeps_the_commits_words(bench: ForgeBench) -> None:
    """What they say is theirs: the run is known by the pull request."""
    after, said = landed(bench, "rebase", "rebase")

    assert len(said) == 1
    assert said[0].startswith("by the run")
    assert after.merge_commit


def test_merge__again__is_merged_already(bench: ForgeBench) -> None:
    pull = opened(bench, "again")
    first = merge(bench, pull)

    second = merge(bench, pull)

    assert (first.result, second.result) == (MergeResult.MERGED, MergeResult.MERGED)


def test_merge__the_head_moved__is_not_done(bench: ForgeBench) -> None:
    pull = opened(bench, "moved")
    bench.given("more", lambda people: people.write(pull.repo, HEAD, "somebody else's"))
    clean(bench, pull.repo, pull.number, "checked again")

    done = merge(bench, pull)

    assert done.result is MergeResult.HEAD_MOVED
    assert one(bench, pull.repo, pull.number).open


def test_merge__closed_meanwhile__is_not_done(bench: ForgeBench) -> None:
    pull = opened(bench, "shut")
    landing(bench)[0].close(pull)

    done = merge(bench, pull)

    assert done.result not in (MergeResult.MERGED, MergeResult.QUEUED)
    assert one(bench, pull.repo, pull.number).state is PullState.CLOSED


def test_merge__a_required_check_never_came__is_refused_and_says_so(bench: ForgeBench) -> None:
    pull = opened(bench, "unchecked")
    bench.given("rule", lambda people: people.protect(pull.repo, checks=("ci / never",)))

    done = merge(bench, pull, "squash")

    assert done.result is MergeResult.REFUSED
    assert "check" in done.says
    assert one(bench, pull.repo, pull.number).open


def test_merge__approvals_missing__is_refused_and_says_so(bench: ForgeBench) -> None:
    pull = opened(bench, "unapproved")
    bench.given("rule", lambda people: people.protect(pull.repo, approvals=1))

    done = merge(bench, pull, "squash")

    assert done.result is MergeResult.REFUSED
    assert "approv" in done.says
    assert one(bench, pull.repo, pull.number).open


def test_merge__a_draft__is_refused(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "unready")
    pull = landing(bench)[0].open(spec(repo, draft=True))

    done = landing(bench)[0].merge(pull, "merge", title=TITLE, message=MESSAGE)

    assert done.result is MergeResult.TRY_AGAIN, "no rule says so: it may be ready any moment"
    assert one(bench, repo, pull.number).open


def test_merge__by_a_person__is_theirs(bench: ForgeBench) -> None:
    pull = opened(bench, "theirs")
    bench.given("merge", lambda people: people.merge(pull.repo, pull.number))

    after = one(bench, pull.repo, pull.number)

    assert (after.state, after.merged_by.login) == (PullState.MERGED, "owner")
    assert after.merge_commit == bench.tracker().head(pull.repo, "main")


def test_update__behind__brings_the_base_in(bench: ForgeBench) -> None:
    pull = opened(bench, "behind")
    bench.given("base", lambda people: people.push(pull.repo, "main moves on"))

    def now() -> Pull:
        return one(bench, pull.repo, pull.number)

    behind = until(bench, now, lambda one: one.behind == 1)
    started = landing(bench)[0].update(behind)
    after = until(bench, now, lambda one: one.head_sha != pull.head_sha and one.behind == 0)
    again = landing(bench)[0].update(after)

    assert (started, again) == (UpdateResult.STARTED, UpdateResult.UP_TO_DATE)
    assert after.open


def test_update__conflict__is_told(bench: ForgeBench) -> None:
    pull = opened(bench, "conflict")
    bench.given("base", lambda people: people.write(pull.repo, "main", "another's", by="owner"))

    def now() -> Pull:
        return one(bench, pull.repo, pull.number)

    behind = until(
        bench, now, lambda one: one.behind == 1 and one.mergeability is not Mergeability.CLEAN
    )
    told = landing(bench)[0].update(behind)
    done = landing(bench)[0].merge(behind, "merge", title=TITLE, message=MESSAGE)

    assert told is UpdateResult.CONFLICT
    assert done.result in (MergeResult.CONFLICT, MergeResult.TRY_AGAIN)
    assert now().head_sha == pull.head_sha


def test_update__the_head_moved__is_not_done(bench: ForgeBench) -> None:
    pull = opened(bench, "raced")
    other = replace(pull, head_sha="0123456789" * 4)
    bench.given("base", lambda people: people.push(pull.repo, "main moves on"))

    told = landing(bench)[0].update(other)

    assert told is UpdateResult.HEAD_MOVED
    assert one(bench, pull.repo, pull.number).head_sha == pull.head_sha


def test_delete_branch__merged__is_gone_and_no_error_again(bench: ForgeBench) -> None:
    pull = opened(bench, "swept")
    merge(bench, pull)
    after = one(bench, pull.repo, pull.number)

    landing(bench)[0].delete_branch(after)
    landing(bench)[0].delete_branch(after)

    with pytest.raises(NotFound):
        bench.tracker().head(pull.repo, HEAD)
    assert not one(bench, pull.repo, pull.number).head_exists


def test_delete_branch__pushed_to_since__stays(bench: ForgeBench) -> None:
    pull = opened(bench, "kept")
    merge(bench, pull)
    after = one(bench, pull.repo, pull.number)
    tip = bench.given("more", lambda people: people.write(pull.repo, HEAD, "later work"))

    landing(bench)[0].delete_branch(after)

    assert bench.tracker().head(pull.repo, HEAD) == tip


def test_rerun__where_there_is_nothing_to_run__starts_nothing(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("still"))
    sha = bench.given("sha", lambda people: people.push(repo, "nothing runs"))

    assert landing(bench)[1].rerun_failed(repo, sha) is False


@pytest.mark.forge("forgejo")
def test_log__of_a_failed_job__has_its_end(bench: ForgeBench) -> None:
    """From 16 on: 14 and 11 keep it on pages only."""
    repo = bench.given("repo", lambda people: people.repository("logs"))
    sha = bench.given("sha", lambda people: people.run(repo, {"test": "failure"}))
    (check,) = until(
        bench,
        lambda: bench.both()[1].read(repo, [sha])[sha].checks,
        lambda found: bool(found) and found[0].state.value == "failure",
    )

    found = landing(bench)[1].log_tail(repo, check, 5000)
    short = landing(bench)[1].log_tail(repo, check, 200)

    assert bench.kind is Forge.FORGEJO
    assert bool(found) is bench.version.startswith("16")
    assert found.endswith(short)
    assert len(short.encode()) <= 200
