"""The CI watcher: reading, probing, and the fold over what real servers showed after a push."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from support.cassettes import RECORDINGS

from afk.adapters.ci_watcher import PROBE_BODY, CIWatcher, HttpProbe, Probe, fold
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


# ---- the prober


def probing(handler: Callable[[httpx.Request], httpx.Response]) -> HttpProbe:
    def no_sleep(seconds: float) -> None:
        raise AssertionError(f"slept {seconds} s")

    return HttpProbe(httpx.Client(transport=httpx.MockTransport(handler)), no_sleep)


def at(probe: str, **expected: Any) -> StageConfig:
    return StageConfig(probe=probe, **expected)


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, SHA, True),
        (200, f'{{"commit": "{SHA.upper()}"}}', True),
        (204, "", False),
        (200, SHA[:12], False),
        (200, OTHER, False),
        (404, SHA, False),
        (503, SHA, False),
        (302, SHA, False),
    ],
)
def test_probe__answer__only_a_2xx_with_the_whole_sha_counts(
    *, status: int, body: str, answer: bool
) -> None:
    probe = probing(lambda _: httpx.Response(status, text=body))

    assert probe(at("https://app.example/version"), SHA) is answer
    assert probe.http.requests == 1


@pytest.mark.parametrize("sha", ["", SHA[:12]])
def test_probe__no_whole_sha_to_look_for__never_true(sha: str) -> None:
    """An empty sha is contained in every answer."""
    probe = probing(lambda _: httpx.Response(200, text=SHA))

    assert probe(at("https://app.example/"), sha) is False


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("https://app.example/version", "https://app.example/version"),
        ("https://app.example/{sha}?of={sha}", f"https://app.example/{SHA}?of={SHA}"),
        ("https://app.example/%7Bsha%7D", f"https://app.example/{SHA}"),
        ("https://app.example/%7bsha%7d", f"https://app.example/{SHA}"),
        ("https://app.example/{ref}", "https://app.example/%7Bref%7D"),
    ],
)
def test_probe__address__the_sha_is_filled_in(template: str, url: str) -> None:
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200)

    assert probing(handler)(at(template, probe_text="live"), SHA) is False
    assert seen == [url]


ECHO = {"asked": SHA, "build": {"commit": OTHER}}
LIVE = {"asked": SHA, "build": {"commit": SHA.upper()}, "number": 7}
ASKING = "https://app.example/is/{sha}"
PLAIN_ADDRESS = "https://app.example/version"


@pytest.mark.parametrize(
    ("stage", "status", "body", "proven"),
    [
        (at(ASKING, probe_status=200), 200, ECHO, True),
        (at(ASKING, probe_status=204), 200, LIVE, False),
        (at(ASKING, probe_status=404), 404, ECHO, True),
        (at(ASKING, probe_json="build.commit"), 200, ECHO, False),
        (at(ASKING, probe_json="build.commit"), 200, LIVE, True),
        (at(ASKING, probe_json="build.commit"), 503, LIVE, False),
        (at(ASKING, probe_json="build.commit.sha"), 200, LIVE, False),
        (at(ASKING, probe_json="number"), 200, LIVE, False),
        (at(ASKING, probe_json="build.commit"), 200, [SHA], False),
        (at(ASKING, probe_text="build"), 200, ECHO, True),
        (at(ASKING, probe_text="is live"), 200, ECHO, False),
        (at(ASKING, probe_text="build", probe_json="build.commit"), 200, ECHO, False),
        (at(PLAIN_ADDRESS, probe_status=200), 200, {"commit": OTHER}, False),
        (at(PLAIN_ADDRESS, probe_status=200), 200, LIVE, True),
        (at(PLAIN_ADDRESS, probe_text="is live"), 200, LIVE, False),
        (at(PLAIN_ADDRESS, probe_json="build.commit"), 200, ECHO, False),
    ],
)
def test_probe__page_that_repeats_what_was_asked__proves_nothing_by_that(
    *, stage: StageConfig, status: int, body: Any, proven: bool
) -> None:
    """An error page with the address in it would close an issue as deployed."""
    probe = probing(lambda _: httpx.Response(status, json=body))

    assert probe(stage, SHA) is proven


def test_probe__field_of_an_answer_that_is_no_json__proves_nothing() -> None:
    probe = probing(lambda _: httpx.Response(200, html=f"<p>{SHA}</p>"))

    assert probe(at(ASKING, probe_json="commit"), SHA) is False


def test_probe__request__carries_no_credentials() -> None:
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    probing(handler)(at("https://app.example/version?x=1"), SHA)

    assert [str(request.url) for request in seen] == ["https://app.example/version?x=1"]
    assert "authorization" not in seen[0].headers


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def large(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text=SHA + " " * PROBE_BODY)


@pytest.mark.parametrize("handler", [refused, large])
def test_probe__no_usable_answer__cannot_be_told(
    handler: Callable[[httpx.Request], httpx.Response],
) -> None:
    assert probing(handler)(at("https://app.example/version"), SHA) is None


@pytest.mark.parametrize("url", ["app.example/version", "https://app..example/version"])
def test_probe__address_that_is_none__cannot_be_told(url: str) -> None:
    """Nothing is sent: httpx refuses these before it looks a name up."""
    with httpx.Client() as client:
        assert HttpProbe(client, lambda _: None)(at(url), SHA) is None


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
