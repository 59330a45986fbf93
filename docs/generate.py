"""Writes the reference's tables from the code, so that they cannot rot: ``make docs``.

``--check`` changes nothing and fails when a table differs from the code.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from afk.commands import COMMANDS, Command
from afk.config import CIConfig, Config, RepositoryConfig, StageConfig, T3Config
from afk.text.messages import REASONS
from afk.variables import DOORBELLS, KINDS

PAGE: Final = Path(__file__).parent / "reference.md"

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
    "conflict_turns": "turns a run may have to rebase on a base it conflicts with",
    "review_turns": "turns a run may have to answer reviews",
    "review_quiet_seconds": "seconds a reviewer must have been silent before the agent is told",
    "review_remind_seconds": "seconds a pull request waits for people before one reminder",
    "review_seconds": "seconds it waits before it is handed back",
    "notify": f"ring only these of the doorbells whose addresses are set: "
    f"{', '.join(f'`{kind}`' for kind in DOORBELLS)}; empty: all of them",
    "dashboard": "the issue in which afk shows everything at once, `OWNER/REPO#N`; empty: none",
    "mention": "say in a new comment, to whoever approved, that a run was handed back or CI is "
    "still red (an edited comment wakes nobody), and remind them of a pull request; `false`: not",
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
    "running_grace_seconds": "seconds a turn may run on after CI has spoken",
    "start_seconds": "seconds in which an accepted turn has to start",
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


def _default(item: Any) -> str:
    value = item.default if item.default is not MISSING else item.default_factory()
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or value in ("", (), {}):
        return ""
    if isinstance(value, tuple):
        return " ".join(f"`{one}`" for one in value)
    return "" if isinstance(value, T3Config | CIConfig) else f"`{value}`"


def settings() -> str:
    """Return the table of top-level settings."""
    items = {item.name: item for item in fields(Config)}
    assert set(items) == set(TOP), "describe every setting"
    return _table(
        ("setting", "default", ""),
        ((f"`{name}`", _default(items[name]), text) for name, text in TOP.items()),
    )


def repository() -> str:
    """Return the table of a repository's settings."""
    rows = []
    for item in fields(RepositoryConfig):
        if item.name == "ci":
            nested = [(f"ci.{one.name}", _default(one)) for one in fields(CIConfig)]
            rows += nested
        else:
            required = item.default is MISSING
            rows.append((item.name, "" if required else _default(item)))
    assert [name for name, _ in rows] == list(REPOSITORY), "describe every setting, in order"
    assert {one.name for one in fields(StageConfig)} == {
        "workflow",
        "status",
        "environment",
        "probe",
        "probe_status",
        "probe_json",
        "probe_text",
    }
    return _table(
        ("setting", "default", ""),
        ((f"`{name}`", default, REPOSITORY[name]) for name, default in rows),
    )


def environment() -> str:
    """Return the table of environment variables."""
    rows = [
        (f"`{name}`", text, kind) for kind, some in KINDS.items() for name, text in some.items()
    ]
    return _table(("variable", "", "kind"), rows)


def reasons() -> str:
    """Return the table of reasons a run ends for."""
    names = {"ready": "ready-for-agent", "human": "ready-for-human"}
    return _table(
        ("reason", "what happened", "the way back"),
        (
            (f"`{reason.value}`", one.what.format(**names), one.way_back.format(**names))
            for reason, one in REASONS.items()
        ),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell for cell in line)} |" for line in lines)


def commands() -> str:
    """Return the table of commands."""
    rows = ((f"`afk {name}{_arguments(one)}`", one.help) for name, one in COMMANDS.items())
    return _table(("command", "what it does"), rows)


_EVERYWHERE: Final = frozenset({"--json", "--config"})


def _arguments(command: Command) -> str:
    """Return a command's own arguments, each with what it takes."""
    shown = []
    for option in command.options:
        if option.name in _EVERYWHERE:
            continue
        takes = option.about.get("metavar", "")
        words = f"{option.name} {takes}" if option.name.startswith("--") and takes else takes
        shown.append(f"[{words or option.name}]")
    return "".join(f" {one}" for one in shown)


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "commands": commands,
    "settings": settings,
    "repository": repository,
    "environment": environment,
    "reasons": reasons,
}


def rendered(text: str) -> str:
    """Return the page with every table as the code has it now."""
    for name, make in TABLES.items():
        mark = rf"(<!-- generated: {name} \(make docs\) -->\n).*?(<!-- end -->)"
        found = re.search(mark, text, re.DOTALL)
        assert found, f"{PAGE.name} has no place for the table {name}"
        text = text[: found.end(1)] + make() + "\n" + text[found.start(2) :]
    return text


def main() -> int:
    """Write the tables, or check them."""
    text = PAGE.read_text(encoding="utf-8")
    fresh = rendered(text)
    if "--check" in sys.argv:
        return int(fresh != text)
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
