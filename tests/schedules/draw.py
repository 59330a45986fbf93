"""From a seed to a schedule: which worlds, people and misfortunes there are, and how often.

Pure. Most of a schedule is an ordinary day, since faults are only met where something is going
on; each kind of misfortune then has its turn.
"""

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from schedules.deeds import DEEDS
from schedules.pull_deeds import PULL_DEEDS
from schedules.schedule import Deed, Schedule, Step, Tick, Trouble, Wish
from schedules.weave import WAYS

AGENTS: Final = (
    *("[[push]]", "[[push=red,green]]", "[[push=red,red,green]]", "[[push=red*]]", "[[idle]]"),
    *("[[push]] [[slow=300]]", "[[push]] [[linger=200]]", "[[push]] [[close]]", "[[die]]"),
    *("[[ask]] [[push]]", "[[approval]] [[push]]", "[[ask=2]]", "[[hang]]", "[[crash]]"),
    *("[[limit=600]] [[push]]", "[[limit]] [[push]]", "[[starterror]]", "[[push]] [[crash@2]]"),
    *("[[push=red,green]] [[hang@2]]", "[[push=red,green]] [[idle@2]]", "[[push]] [[linger]]"),
)
"""What an issue's agent does."""
PUSHING: Final = ("[[push]]", "[[push=red,green]]", "[[push]] [[slow=300]]", "[[push]] [[linger]]")
"""Of those, what leads to a pull request that people can do something about."""
PULLS: Final = ("", "[[touch=story.txt:1]]", "[[openpull]]", "[[pushto=main]]")
SETTINGS: Final[Mapping[str, Any]] = {
    "prepush_seconds": 5400,
    "ci_seconds": 3600,
    "silence_seconds": 1800,
    "running_grace_seconds": 900,
    "unseen_seconds": 5400,
    "usage_wait_seconds": 5400,
    "fix_forward_max_attempts": 3,
    "review_seconds": 7200,
    "review_remind_seconds": 3600,
}
"""Short enough that everything is over within the hours that follow."""
RUNNERS_AHEAD: Final = (-3600, -300, -30, 30, 300, 3600)
SERVERS_AHEAD: Final = (-600, -60, -5, 5, 60, 600, 7200)
"""Seconds by which a clock is wrong, where it is."""
WITHIN: Final = (25, 25, 50, 100)
"""Requests among which something happens: a look, a start, starts beside others."""
OFTENER: Final = 3
"""As often as elsewhere people do something about a pull request where work lands by one."""
PAUSES: Final = (5, 30, 60, 60, 120, 300, 600, 1800)


def draw(seed: int) -> Schedule:
    """Return the schedule of a seed, a whole number; `ValueError` for any below 0."""
    if seed < 0:
        raise ValueError("no seed")
    random = Random(seed)
    pulls = random.random() < 0.4
    repositories = random.choice((1, 1, 2))
    settings: dict[str, Any] = {
        **SETTINGS,
        "max_in_flight": random.choice((1, 2, 4, 4)),
        "runs_per_issue": random.choice((2, 5)),
        "runs_per_day": random.choice((2, 24, 24, 24)),
    }
    if pulls:
        settings |= {
            "landing": "pull-request",
            "merge": random.choice(("human", "green", "approved")),
            "runs_per_repository": random.choice((1, 2)),
        }
    wishes = tuple(
        Wish(
            repo=random.randrange(repositories),
            behaves=_behaves(random, pulls=pulls),
            ready=random.random() < 0.9,
        )
        for _ in range(random.randint(1, 3))
    )
    calm = random.random() < 0.15
    steps = tuple(
        _step(random, len(wishes), calm=calm, pulls=pulls) for _ in range(random.randint(6, 12))
    )
    return Schedule(
        seed=seed,
        forge=random.choice(("github", "forgejo")),
        t3=random.choice(("0.0.32", "0.0.33")),
        settings=settings,
        repositories=repositories,
        forge_ahead=_ahead(random),
        t3_ahead=_ahead(random),
        wishes=wishes,
        steps=steps,
    )


def _behaves(random: Random, *, pulls: bool) -> str:
    """Return what an issue's agent does; where there is much to see once it has pushed, it may."""
    if not pulls:
        return random.choice(AGENTS)
    some = PUSHING if random.random() < 0.6 else AGENTS
    return (random.choice(some) + random.choice(PULLS)).strip()


def _ahead(random: Random) -> int:
    return random.choice(SERVERS_AHEAD) if random.random() < 0.12 else 0


def _step(random: Random, issues: int, *, calm: bool, pulls: bool) -> Step:
    ticks = random.choices((1, 2, 3), (7, 3, 1))[0]
    rush = random.random() < 0.2
    return Step(
        seconds=random.choice(PAUSES),
        deeds=tuple(
            _deed(random, issues, pulls=pulls)
            for _ in range(random.choices((0, 1, 2), (5, 4, 1))[0])
        ),
        ticks=tuple(
            _tick(random, n % issues + 1 if rush else _pointed(random, issues), calm=calm)
            for n in range(3 if rush else ticks)
        ),
        weave=random.randrange(1_000_000),
        deeds_between=tuple(
            (_request(random), _deed(random, issues, pulls=pulls))
            for _ in range(random.choices((0, 1, 2), (6, 3, 1))[0])
        ),
    )


def _request(random: Random) -> int:
    return random.randint(1, random.choice(WITHIN))


def _pointed(random: Random, issues: int) -> int:
    return random.randint(1, issues) if random.random() < 0.1 else 0


def _deed(random: Random, issues: int, *, pulls: bool) -> Deed:
    weights = [
        one.often * (OFTENER if pulls and name in PULL_DEEDS else 1) for name, one in DEEDS.items()
    ]
    (does,) = random.choices(list(DEEDS), weights)
    return Deed(does=does, issue=random.randrange(issues))


def _tick(random: Random, issue: int, *, calm: bool) -> Tick:
    if calm:
        return Tick(issue=issue)
    command = random.choices(("tick", "watch", "poll"), (8, 1, 1))[0]
    dies = _request(random) if random.random() < 0.15 else 0
    count = random.choices((0, 1, 2), (6, 3, 1))[0]
    troubles = tuple(
        Trouble(nth=_request(random), way=random.choice(tuple(WAYS))) for _ in range(count)
    )
    return Tick(
        command=command,
        dies=dies,
        after=random.random() < 0.5,
        ahead=random.choice(RUNNERS_AHEAD) if random.random() < 0.08 else 0,
        issue=issue,
        shard=random.choice(("1/2", "2/2")) if random.random() < 0.1 else "",
        troubles=troubles,
    )
