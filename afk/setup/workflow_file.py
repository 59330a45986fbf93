"""The workflow that ``afk init`` writes: the shipped one, with what differs from place to place.

Pure. The shipped text stays the one place that says how a loop is run; what is replaced here is
looked for and has to be there, so that a change of the one is noticed by the other.
"""

import re
from typing import Final

from afk.errors import ConfigError
from afk.setup.facts import Answers, Place
from afk.setup.marks import marked

PINNED: Final = re.compile(
    r"(?:https?://[^\s@#]+/)?[A-Za-z0-9._-]+/[A-Za-z0-9._-]+@[0-9a-f]{40}", re.ASCII
)
RUNNER: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]*[A-Za-z0-9._-])?")
HOSTED_MINUTES: Final = 24 * 30
OWN_TICKS: Final = 12 * 24 * 30
_HEADER: Final = """\
# afk's loop, written by `afk init`: every trigger runs the same tick, which looks at everything and
# remembers nothing. It works on what {config} says, and on nothing at all while the variable
# AFK_KILL_SWITCH of this repository is not `false`.
#
# {schedule}
# For labels in other repositories see "Labels in other repositories" in afk's docs/operations.md.
"""
_SCHEDULES: Final = {
    Place.HOSTED: "An hourly look besides: about {minutes} started minutes a month on a hosted "
    "runner,\n# and one for each event. Every five minutes it would be {more}.",
    Place.OWN: "Every five minutes besides, on a runner of your own: a job goes on ticking while "
    "an\n# agent is at work.",
}


def address_trouble(action: str, web: str = "") -> str:
    """Return what is wrong with the address of afk's action, "" for nothing.

    ``web``: the forge's own. What runs with the secrets is fetched unencrypted from nowhere but a
    forge that is spoken to unencrypted anyway.
    """
    if PINNED.fullmatch(action):
        if action.startswith("http://") and not (web and action.startswith(f"{web}/")):
            return "write https://: whoever is on the way could change what runs with your secrets"
        return ""
    return "it has to be OWNER/REPO@COMMIT (or https://HOST/OWNER/REPO@COMMIT) with a whole commit"


def workflow(template: str, answers: Answers, config: str) -> str:
    """Return the workflow's text; ``template`` is the shipped one of the same forge."""
    wrong = address_trouble(answers.action, answers.web)
    if wrong or not RUNNER.fullmatch(answers.runner):
        raise ConfigError(
            f"no workflow can be written for {answers.action!r:.120} on {answers.runner!r:.60}",
            cause=wrong or "a runner's label is one word",
            next_step="give --action and --runner as they have to stand in it",
        )
    hosted = answers.place is Place.HOSTED
    text = template[template.index("name: afk\n") :]
    text = _once(text, r'    - cron: "[^"\n]*"[^\n]*', f'    - cron: "{_cron(hosted=hosted)}"')
    text = _once(text, r"(?<=    runs-on: )[^\s#]+", answers.runner)
    text = _once(text, r"(?<=      - uses: )\./(?=\n)", answers.action)
    text = _once(text, r"          config: [^\n]*", f"          config-file: {config}")
    text = _once(text, r"          allowlist: [^\n]*\n", "")
    text = _once(text, r"          t3-url: [^\n]*\n", "")
    if not hosted:
        text = _once(
            text, r"(?<=          command: \$\{\{ inputs\.command) \}\}", " || 'tick --every 30' }}"
        )
    if answers.landing == "push":
        text = _once(text, r"  pull_request_review:[^\n]*\n    types:[^\n]*\n", "")
        text = _once(text, r"  pull_request:\n    types:[^\n]*\n", "")
    schedule = _SCHEDULES[answers.place].format(minutes=HOSTED_MINUTES, more=f"{OWN_TICKS:,}")
    return marked(_HEADER.format(config=config, schedule=schedule) + text)


def _cron(*, hosted: bool) -> str:
    """Return when to look besides events; not on the hour, when everybody does."""
    return "17 * * * *" if hosted else "*/5 * * * *"


def _once(text: str, pattern: str, new: str) -> str:
    """Replace what has to be there, the first time it is."""
    changed, count = re.subn(pattern, lambda _: new, text, count=1)
    assert count, f"the shipped workflow has no {pattern}"  # noqa: S101  its own tests say so
    return changed
