"""What each setting is for, in a few words: the README's tables and editors' schema are made of it.

Pure. Markdown: names and values stand between backquotes.
"""

from collections.abc import Mapping
from typing import Final

from afk.variables import DOORBELLS

TOP: Final[Mapping[str, str]] = {
    "kill_switch": "`false` arms afk",
    "allowlist": "repositories, `owner/name` exactly",
    "draining": "repositories that start nothing new and are watched to the end",
    "repositories": "per repository, see below",
    "trusted": "accounts that may approve though the forge cannot say: `4711`, `mara:4711` (the id "
    "counts), or a person's login `mara` (warned of: names change hands)",
    "own_accounts": "ids of afk's accounts, former ones too; its present one is always known",
    "agent_accounts": "ids of the accounts that agents push with: their reviews approve nothing "
    "and ask for nothing",
    "ready_label": "the label that asks for a run",
    "in_progress_label": "the label on a run in flight",
    "human_label": "the label that hands back",
    "tracked_label": "the label by which afk finds what it has a record of, until that is at rest",
    "t3": "T3 Code: `url`, `public_url` (for links), `instance`, `model`, "
    "`timezone` (of reset times a provider names without one)",
    "forge_url": "the API's address, outside of a runner",
    "landing": "how work lands: `push` (the agent pushes to the branch) or `pull-request` (afk "
    "opens one from a branch of the run's own)",
    "merge": "who merges a pull request: `human`, or afk once CI is `green`, or `approved` besides",
    "merge_method": "how afk merges: `merge`, `squash` or `rebase`",
    "runs_per_repository": "runs at work at once in one repository; more only with pull requests",
    "max_open_reviews": "pull requests that may wait for people in one repository",
    "agents": "by name: `instance`, `model` and `options` of the agent that the label "
    "`agent:NAME` picks",
    "conflict_turns": "times a run's agent may be told to rebase on a base it conflicts with",
    "review_turns": "times a run's agent may be told what reviewers ask for",
    "review_quiet_seconds": "seconds a reviewer must have been silent before the agent is told",
    "review_remind_seconds": "seconds a pull request waits for people before one reminder",
    "review_seconds": "seconds it waits before it is handed back",
    "notify": f"ring only these of the doorbells whose addresses are set: "
    f"{', '.join(f'`{kind}`' for kind in DOORBELLS)}; empty: all of them",
    "mention": "say in a new comment, to whoever approved, that a run was handed back or CI is "
    "still red (an edited comment wakes nobody), and remind them of a pull request; `false`: not",
    "dashboard": "the issue in which afk shows everything at once, `OWNER/REPO#N`; empty: none",
    "allow_unsigned_state": "run on Forgejo without `AFK_STATE_KEY`",
    "allow_plain_http": "speak http:// to a public host, where the way is a tunnel of your own",
    "max_in_flight": "runs in flight at once",
    "max_dispatch_per_tick": "runs one tick may start",
    "runs_per_issue": "runs one issue may have",
    "runs_per_day": "runs T3 may be given in 24 hours",
    "approval_max_age": "seconds an approval stays good",
    "fix_forward_max_attempts": "tries the agent has to fix a red CI",
    "fix_forward_max_seconds": "seconds from the first red in which a try may begin",
    "usage_wait_seconds": "seconds a run waits for usage limits beyond the first named reset",
    "redispatches": "replacement threads a run may have",
    "silence_seconds": "seconds without any movement before a running agent is stopped",
    "running_grace_seconds": "seconds the agent may work on after CI has spoken",
    "start_seconds": "seconds in which the agent has to begin what it was told",
    "unseen_seconds": "seconds T3 may be out of sight before a run ends without it",
    "prepush_seconds": "seconds to the first push",
    "ci_seconds": "seconds CI has for its final word",
    "stop_seconds": "seconds a session has to stop before people are told it may still run",
    "tick_seconds": "seconds a tick can live; the workflow's timeout is no longer",
}
REPOSITORY: Final[Mapping[str, str]] = {
    "workspace": "the clone's folder on T3's host, absolute; required",
    "branch": "where work lands; empty: the default branch",
    "instance": "T3's provider instance; empty: `t3.instance`",
    "model": "the model; empty: `t3.model`",
    "ci.required": "checks that have to pass (or be skipped, as on GitHub), and no others count; "
    "empty: all that the push itself started, or posted on the commit, but `ci.ignore`. Runs of "
    "`schedule`, `issues`, `workflow_run`, Dependabot or Pages count only if named here",
    "ci.ignore": "what does not count: names of workflows, of checks (`test`, `ci / test`) and of "
    "statuses (`codecov/patch`), `*` and `?` for any characters; afk's own workflow never counts",
    "ci.none": "`green`: a commit without any check counts as green after the grace",
    "ci.grace_seconds": "seconds after a push in which the set of checks may still grow",
    "ci.reruns": "times failed jobs run again before the agent is asked to fix them (GitHub, with "
    "`landing: pull-request`)",
    "deploy": "what proves a deploy, exactly one of `workflow`, `status`, `environment`, `probe` "
    "(an address whose answer contains the commit). With `{sha}` in the address, which is filled "
    "in, the answer has to prove it otherwise: `probe_status` (`200`), `probe_json` (a field, "
    "`build.commit`, that is the commit) or `probe_text` (a text in it)",
    "rollout": "likewise, after the deploy",
    "landing": "as above, for this repository",
    "merge": "as above, for this repository",
    "merge_method": "as above, for this repository",
    "runs_per_repository": "as above, for this repository",
}
