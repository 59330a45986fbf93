"""What was fetched along with the issues, until somebody asks for it; lives for one tick.

Owns nothing but the hand-over from `GitHubTracker.read` to `GitHubTracker.branches` and
`GitHubChecks.read`, which is why `afk.adapters.github.connect` gives both the same `Prefetched`.
Each value is handed out once: whoever asks again in the same tick means to look again.
"""

import threading
from dataclasses import dataclass, field

from afk.adapters.github.ci_wire import WireChecked, WireTip


@dataclass(slots=True)
class Prefetched:
    """Branches by repository and name, commits' CI by repository and sha."""

    _tips: dict[tuple[str, str], WireTip] = field(default_factory=dict)
    _checks: dict[tuple[str, str], WireChecked] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, repo: str, branch: str, tip: WireTip) -> None:
        """Keep a branch, and the CI of its newest commits as far as it is whole."""
        with self._lock:
            self._tips[repo, branch] = tip
            for commit in tip.checked.nodes if tip.checked else ():
                if not commit.cut:
                    self._checks[repo, commit.oid] = commit

    def take_tip(self, repo: str, branch: str) -> WireTip | None:
        """Hand out a branch, once."""
        with self._lock:
            return self._tips.pop((repo, branch), None)

    def take_checks(self, repo: str, sha: str) -> WireChecked | None:
        """Hand out a commit's CI, once."""
        with self._lock:
            return self._checks.pop((repo, sha), None)
