"""The only error boundary: exit codes, what is printed where, and that nothing is sent."""

import io
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from support.poll_rig import ARMED, SECRETS, alone

from afk import __version__
from afk.cli import main
from afk.environment.process import Outside
from afk_sandbox.world import START

ROOT = Path(__file__).resolve().parents[2]


def no_sleep(seconds: float) -> None:
    """Take no time."""


LISTENS = (
    "import signal, sys; from afk.__main__ import run; "
    "signal.signal(signal.SIGINT, signal.default_int_handler)"
)
"""What a process in the background has to be told: there this signal is ignored by default."""


class Raising(httpx.BaseTransport):
    """Something breaks as soon as anything is sent."""

    def __init__(self, raises: BaseException) -> None:
        self._raises = raises

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        del request
        raise self._raises


def run(
    *arguments: str, transport: httpx.BaseTransport, **environ: str
) -> tuple[int, io.StringIO, Outside]:
    """Run an armed command over a transport."""
    out = io.StringIO()
    outside = Outside(
        environ={**SECRETS, "AFK_CONFIG": json.dumps(ARMED), **environ},
        stdout=out,
        now=lambda: START,
        sleep=no_sleep,
        folder=Path("/nowhere"),
        transport=transport,
    )
    return main(arguments, outside), out, outside


def test_main__interrupted__ends_with_130_and_no_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run("tick", transport=Raising(KeyboardInterrupt()))
    assert code == 130
    assert out.getvalue() == ""
    assert "Traceback" not in "".join(capsys.readouterr())


def test_process__interrupted_while_servers_are_silent__ends_at_once_with_130() -> None:
    """A runner sends this signal when a job is cancelled, and kills seconds later."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        t3 = address.replace("127.0.0.1", "localhost")
        armed = {**ARMED, "forge_url": f"{address}/api/v1", "t3": {"url": t3}}
        process = subprocess.Popen(  # noqa: S603  this Python, with the text above
            [sys.executable, "-c", f"{LISTENS}; sys.argv[1:] = ['tick']; raise SystemExit(run())"],
            cwd=ROOT,
            env={**SECRETS, "AFK_CONFIG": json.dumps(armed)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        silent.settimeout(30)
        connections = [silent.accept()[0] for _ in range(2)]
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=10)
        for connection in connections:
            connection.close()
    assert (process.returncode, out) == (130, "")


def test_main__a_bug__ends_with_3_and_names_places_never_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The message of an error may hold anything, a header for instance."""
    bug = ValueError("illegal header value: Bearer t3-sicret")
    code, out, _ = run("tick", transport=Raising(bug))
    told = out.getvalue() + "".join(capsys.readouterr())
    assert code == 3
    assert "error: this is a bug in afk: ValueError" in told
    assert "http.py:" in told
    assert "Next step: report it with" in told
    assert "sicret" not in told
    assert "illegal header" not in told


def test_main__a_bug_with_json__is_one_document_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run("tick", "--json", transport=Raising(ValueError("sicret")))
    document = json.loads(out.getvalue())
    assert code == document["exit_code"] == 3
    assert "this is a bug in afk" in document["said"][-1]["text"]
    assert "sicret" not in out.getvalue() + capsys.readouterr().err


def test_main__a_library_s_error_that_repeats_a_secret__is_told_without_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = httpx.LocalProtocolError("Illegal header value b'Bearer t3-sicret'")
    code, out, _ = run("tick", transport=Raising(broken))
    assert code == 1
    assert "cannot be reached (GET: LocalProtocolError)" in out.getvalue()
    assert "sicret" not in out.getvalue() + capsys.readouterr().err


class Closed(io.StringIO):
    """Whoever read along has gone away: ``afk tick | head -1``."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(text)


def test_main__nobody_reads_any_more__is_no_failure() -> None:
    outside = Outside(environ={}, stdout=Closed(), now=lambda: START, sleep=no_sleep)
    assert main(["tick"], outside) == 0


def test_main__version__is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        alone("--version")
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"afk {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["tick", "--loud"],
        ["tick", "--issue", "seven"],
        ["demo", "--dry-run"],
        ["status", "--dry-run"],
    ],
)
def test_main__usage_error__ends_with_2_and_sends_nothing(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        alone(*arguments)
    assert ended.value.code == 2
    assert "usage: afk" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["tick", "--help"], ["stop", "--help"]])
def test_main__help__ends_with_0(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        alone(*arguments)
    assert ended.value.code == 0
    assert "usage: afk" in capsys.readouterr().out


def test_json__of_a_refusal__is_a_document_and_the_lines_go_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ticked = alone("tick", "--json", config="kill_switch: maybe")
    assert ticked.exit_code == 2
    document = ticked.document
    assert (document["exit_code"], document["requests"]) == (2, {})
    assert (document["runs"], document["decisions"]) == ([], [])
    (error,) = document["said"]
    assert error["kind"] == "error"
    assert error["text"] in capsys.readouterr().err


SHIPS_ON = (
    "(it ships on, and neither AFK_KILL_SWITCH nor AFK_CONFIG says otherwise). To arm afk, set "
    "AFK_KILL_SWITCH to false; `afk doctor` looks everything over first"
)


def test_json__of_a_disabled_tick__says_that_there_was_nothing_to_do() -> None:
    document = alone("tick", "--json", config="", environ={}).document
    assert document["said"] == [
        {"kind": "event", "issue": "", "text": f"nothing to do: the kill switch is on {SHIPS_ON}"}
    ]
    assert document["exit_code"] == 0


@pytest.mark.parametrize(
    ("url", "shown"),
    [("https://api.github.com", True), ("https://forge.test/api/v1", False)],
)
def test_summary__on_a_runner__is_written_where_somebody_sees_it(
    tmp_path: Path, url: str, shown: bool
) -> None:
    """Forgejo stores a summary and shows it nowhere."""
    file = tmp_path / "summary"
    runner = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": url,
        "GITHUB_STEP_SUMMARY": str(file),
    }
    alone("tick", config="kill_switch: maybe", environ={**SECRETS, **runner})
    assert file.exists() is shown
    if shown:
        text = file.read_text(encoding="utf-8")
        assert text.startswith("### afk tick\n")
        assert "Requests: none" in text


def test_tick__unconfigured__opens_no_socket_and_imports_nothing_that_would() -> None:
    """Interpreter start apart it takes less than 0.1 s, on every schedule of every repository.

    Nothing is put in a socket's place: the interpreter itself tells of every one.
    """
    code = (
        "import sys, io\n"
        "from afk.__main__ import run\n"
        "sys.argv = ['afk', 'tick']\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, _: opened.append(event) "
        "if event.startswith('socket.') else None)\n"
        "try:\n    run()\nexcept SystemExit as ended:\n    assert not ended.code, ended.code\n"
        "heavy = {'httpx', 'pydantic', 'yaml', 'ssl', 'afk_sandbox', 'afk.adapters.http',\n"
        "         'afk.bootstrap', 'afk.commands.tick', 'afk.poller', 'afk.watcher'}\n"
        "print(sorted(heavy & set(sys.modules)), opened)\n"
        "import gc; print(gc.isenabled(), gc.get_freeze_count() > 0)\n"
    )
    done = subprocess.run(  # noqa: S603  this Python, with the text above
        [sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, check=True
    )
    told, imported, garbage = done.stdout.splitlines()
    assert told == f"nothing to do: the kill switch is on {SHIPS_ON}"
    assert imported == "[] []"
    assert garbage == "False True", "looking for it takes time"


def test_process__interrupted_where_nobody_hears_it__ends_all_the_same_with_130() -> None:
    """As in a finalizer: the exception is printed and forgotten."""
    deaf = (
        "import time; from contextlib import suppress; import afk.__main__ as program\n"
        "def main(*given):\n"
        "    with suppress(KeyboardInterrupt):\n"
        "        print('here', flush=True); time.sleep(30)\n"
        "    time.sleep(30)\n"
        "program.main = main; program.run()"
    )
    process = subprocess.Popen(  # noqa: S603  this Python, with the text above
        [sys.executable, "-c", f"{LISTENS}\n{deaf}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
