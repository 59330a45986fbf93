"""The CI watcher: reading, probing, and the fold over what real servers showed after a push."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from support.cassettes import RECORDINGS

from afk.adapters.ci_watcher import CIWatcher, Probe, fold
from afk.config import CIConfig, Config, RepositoryConfig, StageConfig
from afk.errors import ServerFault
from afk.model.ci import Check, CheckState, CommitChecks
from afk.ports import CommitQuery
from afk.types import CIStatus

SHA, OTHER = "a" * 40, "b" * 40
SEEN = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NOW = SEEN + timedelta(hours=1)
PLAIN = RepositoryConfig(workspace="/srv/app")
NONE_GREEN = RepositoryConfig(workspace="/srv/app", ci=CIConfig(none="green"))
PROBED = RepositoryConfig(
    workspace="/srv/app", deploy=StageConfig(probe="https://app.example/{sha}", probe_status=200)
)
CONFIG = Config(repositories={"o/a": PLAIN, "o/b": NONE_GREEN, "o/c": PROBED})
PASSED = Check("test", CheckState.SUCCESS, "CI")


@dataclass
class Reader:
    """Holds the checks of some commits, and which reads there were."""

    known: Mapping[str, CommitChecks]
    reads: list[tuple[str, list[str]]] = field(default_factory=list)

    def expect(self, commits: Sequence[tuple[str, str]]) -> None:
        raise AssertionError(f"{commits} were announced by a watcher that nobody told of any")

    def read(self, repo: str, shas: Sequence[str]) -> Mapping[str, CommitChecks]:
        self.reads.append((repo, list(shas)))
        if repo == "o/broken":
            raise ServerFault("answered 500")
        return {sha: self.known[sha] for sha in shas if sha in self.known}


def watcher(reader: Reader, probe: Probe | None = None) -> CIWatcher:
    def no_probe(stage: StageConfig, sha: str) -> bool | None:
        raise AssertionError(f"{stage.probe} was probed for {sha}")

    return CIWatcher(reader=reader, probe=probe or no_probe, config=CONFIG, now=lambda: NOW)


def test_verdicts__no_queries__no_reads() -> None:
    reader = Reader({})

    assert watcher(reader).verdicts([]) == {}
    assert reader.reads == []


def test_verdicts__several_repositories__one_read_each_and_own_settings() -> None:
    """Every commit is asked for once, whatever the number of queries about it."""
    reader = Reader({SHA: CommitChecks(SHA, (PASSED,)), OTHER: CommitChecks(OTHER)})
    queries = [
        CommitQuery("o/a", SHA, SEEN),
        CommitQuery("o/a", OTHER, SEEN),
        CommitQuery("o/a", SHA, NOW),
        CommitQuery("o/b", OTHER, SEEN),
    ]

    verdicts = watcher(reader).verdicts(queries)

    assert sorted(reader.reads) == [("o/a", [SHA, OTHER]), ("o/b", [OTHER])]
    assert [verdicts[query].status for query in queries] == [
        CIStatus.GREEN,
        None,
        CIStatus.PENDING,
        CIStatus.GREEN,
    ]
    assert [verdict.sha for verdict in verdicts.values()] == [SHA, OTHER, SHA, OTHER]


def test_verdicts__commit_not_answered_for__never_green() -> None:
    """Not even where no checks at all mean green."""
    query = CommitQuery("o/b", SHA, SEEN)

    verdict = watcher(Reader({})).verdicts([query])[query]

    assert verdict.status is None
    assert not verdict.superseded


def test_verdicts__one_read_fails__raises_after_the_others_were_read() -> None:
    reader = Reader({SHA: CommitChecks(SHA, (PASSED,))})
    queries = [CommitQuery("o/broken", SHA, SEEN), CommitQuery("o/a", SHA, SEEN)]

    with pytest.raises(ServerFault):
        watcher(reader).verdicts(queries)

    assert sorted(repo for repo, _ in reader.reads) == ["o/a", "o/broken"]


def test_verdicts__probe_stage__asked_only_behind_a_green_build() -> None:
    asked = []

    def probe(stage: StageConfig, sha: str) -> bool | None:
        asked.append((stage.probe, sha))
        return True

    reader = Reader({SHA: CommitChecks(SHA, (PASSED,)), OTHER: CommitChecks(OTHER)})
    queries = [CommitQuery("o/c", SHA, SEEN), CommitQuery("o/c", OTHER, SEEN)]

    verdicts = watcher(reader, probe).verdicts(queries)

    assert asked == [("https://app.example/{sha}", SHA)]
    assert [verdict.status for verdict in verdicts.values()] == [CIStatus.GREEN, None]


# ---- what real servers showed after a push

STATES = {"pending": CheckState.PENDING, "success": CheckState.SUCCESS}


def snapshots(version: str) -> Iterator[tuple[float, tuple[Check, ...]]]:
    """Yield each change of a commit's contexts and its time, as recorded."""
    path = RECORDINGS / "forgejo-actions" / version / "status-sequence.json"
    for change in json.loads(path.read_text(encoding="utf-8")):
        yield (
            change["t"],
            tuple(
                Check(
                    context,
                    CheckState.SKIPPED
                    if description == "Has been skipped"
                    else STATES.get(status, CheckState.FAILURE),
                    context.partition(" / ")[0],
                )
                for context, status, description in change["statuses"]
            ),
        )


@pytest.mark.parametrize("version", ["14.0.0", "11.0.15"])
def test_fold__recorded_push__red_from_the_first_failure_on_never_green(version: str) -> None:
    """The set starts empty, grows, fails while jobs still run, and stays red."""
    seen = []
    for seconds, checks in snapshots(version):
        for ended in (None, True):
            commit = CommitChecks(SHA, checks, all_runs_ended=ended)
            now = SEEN + timedelta(seconds=seconds)
            verdict = fold(commit, PLAIN, seen_at=SEEN, now=now, probes=lambda _, __: True)
            seen.append(verdict.status)
            failed = any(
                check.state is CheckState.FAILURE and check.workflow != "afk" for check in checks
            )
            assert (verdict.status is CIStatus.RED) == failed

    assert seen[0] is None
    assert seen[-1] is CIStatus.RED
    assert CIStatus.GREEN not in seen


@pytest.mark.parametrize("version", ["14.0.0", "11.0.15"])
def test_fold__recorded_push_without_its_failures__never_green(version: str) -> None:
    """Partial at first, then with a job that no runner takes: nothing of it is green."""
    for seconds, checks in snapshots(version):
        kept = tuple(check for check in checks if check.state is not CheckState.FAILURE)
        for now in (SEEN + timedelta(seconds=seconds), NOW):
            commit = CommitChecks(SHA, kept)
            verdict = fold(commit, PLAIN, seen_at=SEEN, now=now, probes=lambda _, __: True)

            assert verdict.status is (CIStatus.PENDING if kept else None)


@pytest.mark.parametrize(
    ("version", "required"),
    [
        ("14.0.0", ("CI build / ok", "CI build / mx (3.11)")),
        ("11.0.15", ("CI build / ok (push)", "CI build / skip (push)")),
    ],
)
def test_fold__recorded_push_with_required_contexts__green_as_soon_as_they_are(
    version: str, required: tuple[str, ...]
) -> None:
    """What else fails or runs does not matter; a required context is missing at first."""
    settings = RepositoryConfig(workspace="/srv/app", ci=CIConfig(required=required))
    statuses = [
        fold(
            CommitChecks(SHA, checks), settings, seen_at=SEEN, now=SEEN, probes=lambda _, __: True
        ).status
        for _, checks in snapshots(version)
    ]

    assert statuses[0] is None
    assert statuses[1] is CIStatus.PENDING
    assert statuses[-1] is CIStatus.GREEN
    assert CIStatus.RED not in statuses
