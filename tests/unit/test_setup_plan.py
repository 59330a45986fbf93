"""What `afk init` plans and says of it: what is to do, what is there, what is left to a person."""

from dataclasses import replace

import pytest
from support.setups import (
    HERE,
    LINUX,
    ON_A_RUNNER,
    SECRETS,
    template,
)

from afk.errors import ConfigError, TokenError
from afk.setup.facts import (
    Answers,
    Place,
    Seen,
    SettingsSeen,
)
from afk.setup.plan import FileStep, IssueStep, State, VariableStep, planned, to_do
from afk.setup.shown import arming_line, hand_lines, plan_lines, settings_trouble
from afk.types import Forge


def plan(answers: Answers, seen: Seen, **more: object) -> tuple[object, ...]:
    return planned(
        seen,
        answers,
        secrets=SECRETS,
        labels=("a", "b"),
        template=template(answers.forge),
        **more,  # type: ignore[arg-type]  # what a test says of it
    )


def test_plan__of_nothing_there__is_everything_and_shows_no_secret() -> None:
    for answers in (replace(HERE, service=True), ON_A_RUNNER):
        seen = Seen(machine=LINUX)
        steps = plan(answers, seen, dashboard=True)
        assert to_do(steps) == steps  # type: ignore[arg-type]
        assert isinstance(steps[0], IssueStep)
        told = [*plan_lines(steps, answers), *hand_lines(steps, seen, answers)]  # type: ignore[arg-type]
        assert not any(one.text in "\n".join([*told, repr(steps)]) for one in SECRETS)


def test_plan__of_everything_there__is_nothing_to_do() -> None:
    steps = plan(ON_A_RUNNER, Seen(machine=LINUX))
    files = {one.path: one.text for one in steps if isinstance(one, FileStep)}
    seen = Seen(
        machine=LINUX,
        files=files,
        labels={"mara/shop": frozenset("ab")},
        settings=SettingsSeen(
            secrets=frozenset({"AFK_TOKEN", "AFK_STATE_KEY"}), kill_switch="true"
        ),
    )
    assert {one.state for one in plan(ON_A_RUNNER, seen, dashboard=True)} == {State.THERE}  # type: ignore[attr-defined]
    (renewed,) = to_do(plan(ON_A_RUNNER, seen, renew=["AFK_TOKEN"]))  # type: ignore[arg-type]
    assert getattr(renewed, "name", "") == "AFK_TOKEN"


@pytest.mark.parametrize(
    ("there", "armed", "state", "text"),
    [
        (None, False, State.TO_DO, "true"),
        (None, True, State.TO_DO, "false"),
        ("false", False, State.THERE, "false"),
        ("true", False, State.THERE, "true"),
        ("true", True, State.TO_DO, "false"),
        ("false", True, State.THERE, "false"),
    ],
)
def test_plan__kill_switch__is_only_ever_changed_to_arm(
    there: str | None, armed: bool, state: State, text: str
) -> None:
    seen = Seen(machine=LINUX, settings=SettingsSeen(kill_switch=there))
    (found,) = [
        one
        for one in plan(replace(ON_A_RUNNER, armed=armed), seen)
        if isinstance(one, VariableStep)
    ]
    assert (found.state, found.text, found.exists) == (state, text, there is not None)


def test_plan__line_ends_of_another_system__are_no_change() -> None:
    steps = plan(HERE, Seen(machine=LINUX))
    files = {one.path: one.text.replace("\n", "\r\n") for one in steps if isinstance(one, FileStep)}
    again = plan(HERE, Seen(machine=LINUX, files=files))
    assert [one.state for one in again[:2]] == [State.THERE] * 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("forge", list(Forge))
@pytest.mark.parametrize("armed", [True, False])
@pytest.mark.parametrize("place", list(Place))
def test_last_line__says_how_to_arm_or_to_stop(place: Place, armed: bool, forge: Forge) -> None:
    answers = replace(ON_A_RUNNER, place=place, armed=armed, forge=forge)
    line = arming_line(answers, Seen(machine=LINUX))
    assert line.startswith("afk is armed" if armed else "afk is off. To arm it")
    assert ("kill_switch" if place is Place.HERE else "AFK_KILL_SWITCH") in line


def test_by_hand__says_why_and_how_init_would_do_it() -> None:
    missing = ConfigError("PyNaCl is not installed", next_step="pip install 'afk[init]'")
    assert settings_trouble(missing) == "PyNaCl is not installed; pip install 'afk[init]'"
    refused = settings_trouble(TokenError("listing was answered 403"))
    assert "listing was answered 403" in refused
    assert "AFK_SETUP_TOKEN" in refused


@pytest.mark.parametrize("place", list(Place))
def test_plan__says_what_looking_costs(place: Place) -> None:
    told = list(plan_lines((), replace(ON_A_RUNNER, place=place)))
    wanted = {Place.HOSTED: "720 started minutes", Place.OWN: "five minutes", Place.HERE: "60 sec"}
    assert len(told) == 1
    assert wanted[place] in told[0]


def test_by_hand__names_each_with_its_page() -> None:
    seen = Seen(machine=LINUX, settings=SettingsSeen(trouble="this token may not do it"))
    github = replace(ON_A_RUNNER, forge=Forge.GITHUB, web="https://github.com")
    told = "\n".join(hand_lines(plan(github, seen), seen, github))  # type: ignore[arg-type]
    assert "because this token may not do it" in told
    assert "https://github.com/mara/loop/settings/secrets/actions" in told
    assert "https://github.com/mara/loop/settings/variables/actions" in told
    assert "variable AFK_KILL_SWITCH: true" in told
