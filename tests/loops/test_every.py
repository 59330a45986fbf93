"""``afk tick --every`` against servers: what it does from tick to tick, says, and ends with."""

import gc
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from support.poll_rig import BODY, assert_started, forget, writes

from afk.cli import main
from afk.environment.loading import short_lived
from afk.environment.process import Outside
from afk.environment.stopping import Stopping
from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import World, world

pytestmark = pytest.mark.network

ROOT: Final = Path(__file__).resolve().parents[2]
IN_A_JOB: Final = {"GITHUB_ACTIONS": "true"}

Between = Callable[[int, Stopping], None]
"""What people do in the pause after a tick, by the tick's number from 1; it may ask to stop."""


def ticking(
    here: World, *arguments: str, between: Between, folder: Path | None = None, job: bool = False
) -> tuple[int, list[str]]:
    """Run ``afk tick --every 60`` in a world; returns its exit code and the text of each tick.

    ``folder``: where the configuration's file is; None: it stands in the environment.
    """
    out, texts, clock = io.StringIO(), [""], here.clock

    class Pausing(Stopping):
        def pause(self, seconds: float) -> None:
            texts.append(out.getvalue())
            clock.sleep(seconds)
            here.t3.advance()
            between(len(texts) - 1, self)

    @contextmanager
    def stopping(sleep: Callable[[float], None]) -> Iterator[Stopping]:
        yield Pausing(sleep)

    environ = dict(here.environ) | (IN_A_JOB if job else {})
    if folder is None:
        environ["AFK_CONFIG"] = json.dumps(here.settings)
    outside = Outside(
        environ=environ,
        stdout=out,
        now=clock.now,
        sleep=clock.sleep,
        folder=folder or Path("/nowhere"),
        stopping=stopping,
    )
    code = main(["tick", "--every", "60", *arguments], outside)
    texts.append(out.getvalue())
    parts = [text.removeprefix(before) for before, text in pairwise(texts)]
    return code, parts


def stop_after(ticks: int) -> Between:
    def between(number: int, stopping: Stopping) -> None:
        if number == ticks:
            stopping.ask()

    return between


def test_every__a_label_put_on_between_two_ticks__starts_an_agent() -> None:
    with world(Forge.FORGEJO) as here:
        repo = here.repository("shop")

        def between(number: int, stopping: Stopping) -> None:
            if number == 1:
                here.issue(repo, "Add a till", BODY)
            elif number == 4:
                stopping.ask()

        code, _ = ticking(here, between=between)
        assert code == 0
        assert_started(here, here.forge.issue("owner/shop#1"))


def test_every__goes_on_and_on__so_it_looks_for_garbage() -> None:
    """A command that is over soon does not: `afk.environment.loading`."""
    looked: list[bool] = []

    def between(_: int, stopping: Stopping) -> None:
        looked.append(gc.isenabled())
        stopping.ask()

    with world(Forge.GITHUB) as here, short_lived():
        assert ticking(here, between=between)[0] == 0
    assert looked == [True]


def test_every__nothing_new__is_one_line_a_tick() -> None:
    with world(Forge.GITHUB) as here:
        here.issue(here.repository("shop"), "Add a till", f"Blocked by #9. {BODY}")
        code, told = ticking(here, between=stop_after(4))
        assert code == 0
        assert "#9" in told[0]
        assert [len(text.splitlines()) for text in told[1:4]] == [1, 1, 1]
        assert all(text.startswith("nothing new; requests: ") for text in told[1:4])


def test_every__with_json__is_one_document_a_line() -> None:
    with world(Forge.GITHUB) as here:
        here.repository("shop")
        code, told = ticking(here, "--json", between=stop_after(2))
        documents = [json.loads(line) for line in "".join(told).splitlines()]
        assert (code, len(documents)) == (0, 2)
        assert {"command", "exit_code", "said", "requests", "runs"} <= set(documents[1])


def test_every__kill_switch_thrown_in_the_file__holds_from_the_next_tick(tmp_path: Path) -> None:
    with world(Forge.FORGEJO) as here:
        repo = here.repository("shop")
        del here.environ["AFK_KILL_SWITCH"]
        file = tmp_path / "afk.yml"
        file.write_text(json.dumps(here.settings), encoding="utf-8")

        def between(number: int, stopping: Stopping) -> None:
            if number == 1:
                file.write_text(json.dumps({**here.settings, "kill_switch": True}), "utf-8")
                here.issue(repo, "Add a till", BODY)
                forget(here)
            elif number == 2:
                assert here.requests() == (0, 0)
            elif number == 3:
                assert here.requests() == (0, 0)
                file.write_text(json.dumps(here.settings), encoding="utf-8")
            elif number == 5:
                stopping.ask()

        code, told = ticking(here, between=between, folder=tmp_path)
        assert code == 0
        assert "kill switch is on" in told[1]
        assert told[2] == ""
        assert_started(here, here.forge.issue("owner/shop#1"))


def test_every__file_broken_meanwhile__does_nothing_until_it_is_mended(tmp_path: Path) -> None:
    with world(Forge.FORGEJO) as here:
        here.issue(here.repository("shop"), "Add a till", BODY)
        file = tmp_path / "afk.yml"
        file.write_text(json.dumps({**here.settings, "max_in_flight": 0}), encoding="utf-8")

        def between(number: int, stopping: Stopping) -> None:
            if number == 1:
                file.write_text("allowlist: [", encoding="utf-8")
                forget(here)
            elif number == 2:
                assert here.requests() == (0, 0)
                file.write_text(json.dumps(here.settings), encoding="utf-8")
            elif number == 5:
                stopping.ask()

        code, told = ticking(here, between=between, folder=tmp_path)
        assert code == 0
        assert "error: " in told[1]
        assert_started(here, here.forge.issue("owner/shop#1"))


def test_every__forge_out_of_order__says_so_once_and_goes_on_after() -> None:
    with world(Forge.FORGEJO) as here:
        here.issue(here.repository("shop"), "Add a till", BODY)
        here.faults["forge"] = lambda method, path: Fault("before", status=503)  # noqa: ARG005  the hook's shape

        def between(number: int, stopping: Stopping) -> None:
            if number == 2:
                del here.faults["forge"]
            elif number == 5:
                stopping.ask()

        code, told = ticking(here, between=between)
        assert code == 0
        assert "error: " in told[0]
        assert "error: " not in told[1]
        assert_started(here, here.forge.issue("owner/shop#1"))


def test_every__wrong_from_the_start__ends_with_2_and_sends_nothing() -> None:
    with world(Forge.FORGEJO) as here:
        here.repository("shop")
        del here.environ["AFK_TOKEN"]
        code, told = ticking(here, between=stop_after(1))
        assert (code, len(told)) == (2, 1)
        assert "AFK_TOKEN" in told[0]
        assert here.requests() == (0, 0)


def test_in_a_job__ticks_while_an_agent_is_at_work_and_ends_when_it_has_landed() -> None:
    with world(Forge.GITHUB) as here:
        issue = here.issue(
            here.repository("shop", ci={"none": "green"}), "Add a till", "A till. [[push]]"
        )
        here.clock.sleep(60)
        code, told = ticking(here, "--for", "3600", between=lambda *_: None, job=True)
        assert code == 0
        assert issue.closed_at is not None
        assert 3 <= len(told) < 20


def test_in_a_job__nothing_in_flight__is_one_tick() -> None:
    with world(Forge.GITHUB) as here:
        here.repository("shop")
        code, told = ticking(here, between=lambda *_: None, job=True)
        assert (code, len(told)) == (0, 1)
        assert writes(here) == []


@pytest.mark.parametrize("given", ["0", "-1", "nan", "inf", "soon", "86401"])
def test_every__no_number_of_seconds__is_refused(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with world(Forge.FORGEJO) as here, pytest.raises(SystemExit) as ended:
        here.run("tick", f"--every={given}")
    assert ended.value.code == 2
    assert "--every" in capsys.readouterr().err


@pytest.mark.parametrize("one", [signal.SIGTERM, signal.SIGINT])
def test_process__told_to_stop_in_a_pause__ends_at_once_with_0(one: signal.Signals) -> None:
    """As systemd and a person do; nothing is patched here."""
    environ = {"PATH": os.environ["PATH"], "AFK_KILL_SWITCH": "true"}
    begin = (
        "import signal, sys; from afk.__main__ import run; sys.argv[1:] = ['tick', '--every', "
        "'600']; signal.signal(signal.SIGINT, signal.default_int_handler); raise SystemExit(run())"
    )
    process = subprocess.Popen(  # noqa: S603  this Python, with the text above
        [sys.executable, "-c", begin],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    began = time.monotonic()
    process.send_signal(one)
    rest, _ = process.communicate(timeout=20)
    assert "kill switch" in first
    assert (process.returncode, rest) == (0, "")
    assert time.monotonic() - began < 15
