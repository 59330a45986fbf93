"""What was fetched along with the issues, until somebody asks for it; lives for one tick.

Owns nothing but the hand-over from `GitHubTracker.read` to `GitHubTracker.branches`,
`GitHubChecks.read` and `GitHubPulls.read`, which is why `afk.adapters.github.connect` gives all of
them the same `Prefetched`. Each value is handed out once: whoever asks again in the same tick means
to look again. Pull requests are fetched along where `GitHubPulls.expect` has announced them.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from afk.adapters.github.ci_wire import WireChecked, WireTip
from afk.adapters.github.pull_wire import WirePulls
from afk.ports.landing import PullQuery


@dataclass(slots=True)
class Prefetched:
    """Branches by repository and name, commits' CI by repository and sha, pulls by their query."""

    _tips: dict[tuple[str, str], WireTip] = field(default_factory=dict)
    _absent: set[tuple[str, str]] = field(default_factory=set)
    _checks: dict[tuple[str, str], WireChecked] = field(default_factory=dict)
    _expected: tuple[PullQuery, ...] = ()
    _pulls: dict[PullQuery, WirePulls] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, repo: str, branch: str, tip: WireTip) -> None:
        """Keep a branch, and the CI of its newest commits as far as it is whole."""
        with self._lock:
            self._tips[repo, branch] = tip
            for commit in tip.checked.nodes if tip.checked else ():
                if not commit.cut:
                    self._checks[repo, commit.oid] = commit

    def put_checks(self, repo: str, commit: WireChecked) -> None:
        """Keep a commit's CI."""
        with self._lock:
            self._checks[repo, commit.oid] = commit

    def shown_checks(self, repo: str, sha: str) -> WireChecked | None:
        """Show a commit's CI, and keep it for who asks."""
        with self._lock:
            return self._checks.get((repo, sha))

    def take_tip(self, repo: str, branch: str) -> WireTip | None:
        """Hand out a branch, once."""
        with self._lock:
            return self._tips.pop((repo, branch), None)

    def put_absent(self, repo: str, branch: str) -> None:
        """Keep that there is no such branch."""
        with self._lock:
            self._absent.add((repo, branch))

    def take_absent(self, repo: str, branch: str) -> bool:
        """Say, once, that there is no such branch; False: that is not known."""
        with self._lock:
            known = (repo, branch) in self._absent
            self._absent.discard((repo, branch))
        return known

    def take_checks(self, repo: str, sha: str) -> WireChecked | None:
        """Hand out a commit's CI, once."""
        with self._lock:
            return self._checks.pop((repo, sha), None)

    def expect(self, queries: Sequence[PullQuery]) -> None:
        """Note which pull requests will be asked for."""
        with self._lock:
            self._expected = tuple(dict.fromkeys((*self._expected, *queries)))

    def take_expected(self) -> tuple[PullQuery, ...]:
        """Hand out what was announced, once."""
        with self._lock:
            expected, self._expected = self._expected, ()
        return expected

    def put_pulls(self, query: PullQuery, shown: WirePulls) -> None:
        """Keep the pull requests of one query."""
        with self._lock:
            self._pulls[replace(query, seen="")] = shown

    def take_pulls(self, query: PullQuery) -> WirePulls | None:
        """Hand out the pull requests of one query, once; its branch's where they came along."""
        exact = replace(query, seen="")
        with self._lock:
            found = self._pulls.pop(exact, None)
            return found or self._pulls.pop(replace(exact, number=0), None)
