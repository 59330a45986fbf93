"""A service that runs the loop on T3's own machine: a systemd user unit, a launch agent. Pure.

systemd.service(5), systemd.unit(5) ("%" begins a specifier, "$" a variable), systemd.syntax(7)
(quotes), systemd.exec(5) (``EnvironmentFile=``); launchd.plist(5), which knows no environment file,
so a shell reads it there.
"""

import plistlib
import re
import shlex
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from afk.errors import ConfigError
from afk.setup.facts import Given, Machine
from afk.setup.marks import marked

LABEL: Final = "afk"
_LAUNCHD: Final = "org.afk.loop"
_LONGEST_TICK: Final = 900
_CACHED: Final = re.compile(r"/uv/(?:archive|builds|environments)-v[0-9]+/")
_SAFE: Final = re.compile(r"[A-Za-z0-9_.,~+/=:@-]+")


def unit_path(machine: Machine) -> str:
    """Return where the service's file stands, "" on a system that has none of the two."""
    places = {
        "linux": f"{machine.home}/.config/systemd/user/{LABEL}.service",
        "darwin": f"{machine.home}/Library/LaunchAgents/{_LAUNCHD}.plist",
    }
    return places.get(machine.system, "")


def environment_path(machine: Machine) -> str:
    """Return where the secrets stand, readable by their owner alone."""
    return f"{machine.home}/.config/afk/{LABEL}.env"


def service(machine: Machine, every: int) -> str:
    """Return the text of the service's file."""
    return _launch_agent(machine, every) if machine.system == "darwin" else _unit(machine, every)


def is_temporary(machine: Machine) -> bool:
    """Say whether this afk runs from a cache that is cleared, as `uvx` runs it.

    https://docs.astral.sh/uv/concepts/cache/
    """
    return _CACHED.search(machine.python) is not None


def start_command(machine: Machine) -> str:
    """Return what starts the service, now and at every login."""
    if machine.system == "darwin":
        return f"launchctl bootstrap gui/$(id -u) {shlex.quote(unit_path(machine))}"
    return (
        f"systemctl --user daemon-reload && systemctl --user enable --now {LABEL}"
        " && loginctl enable-linger"
    )


def hand_command(machine: Machine, every: int) -> str:
    """Return what runs the loop in a terminal."""
    file, folder = shlex.quote(environment_path(machine)), shlex.quote(machine.folder)
    python = shlex.quote(machine.python)
    return f"set -a; . {file}; set +a; cd {folder} && {python} -m afk tick --every {every}"


def environment(secrets: Iterable[Given]) -> str:
    """Return the environment file's text: as systemd and as a shell read it alike."""
    lines = ["# afk's secrets. Readable by you alone (mode 0600); in no repository."]
    for one in secrets:
        if not _SAFE.fullmatch(one.text):
            raise ConfigError(
                f"{one.name} holds characters that cannot stand in an environment file",
                cause="a token is one word of letters, digits and punctuation",
                next_step="copy it anew, without blanks and quotes",
            )
        lines.append(f"{one.name}={one.text}")
    return "\n".join(lines) + "\n"


def secrets_of(text: str) -> dict[str, str]:
    """Return what an environment file holds, by name."""
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {name.strip(): value.strip() for name, equals, value in lines if equals}


def renewed(
    given: Sequence[Given], there: Mapping[str, str], renew: Container[str]
) -> tuple[Given, ...]:
    """Return what the file is to hold: what is there, but for what is to be renewed.

    Above all the key that records are signed with stays: with another they would be worth nothing.
    """
    fresh = {one.name: one.text for one in given}
    kept = {name: text for name, text in there.items() if name not in renew or name not in fresh}
    return tuple(Given(name, text) for name, text in {**fresh, **kept}.items())


def _unit(machine: Machine, every: int) -> str:
    command = " ".join([_quoted(machine.python), "-m", "afk", "tick", "--every", str(every)])
    return marked(
        "[Unit]\n"
        "Description=afk: starts coding agents from labelled issues\n"
        "Documentation=man:systemd.service(5)\n"
        "StartLimitIntervalSec=0\n"
        "\n"
        "[Service]\n"
        f"WorkingDirectory={_specified(machine.folder)}\n"
        f"EnvironmentFile={_specified(environment_path(machine))}\n"
        "Environment=PYTHONUNBUFFERED=1\n"
        f"ExecStart={command}\n"
        "# What is wrong with the configuration (2) is not mended by starting again.\n"
        "Restart=on-failure\n"
        "RestartPreventExitStatus=2\n"
        "RestartSec=60\n"
        "# A look that is under way is ended properly.\n"
        f"TimeoutStopSec={_LONGEST_TICK}\n"
        "KillMode=mixed\n"
        "NoNewPrivileges=yes\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def _specified(path: str) -> str:
    return path.replace("%", "%%")


def _quoted(word: str) -> str:
    """Return one word of a command line: systemd takes quotes, backslashes, "%" and "$" apart."""
    escaped = _specified(word).replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _launch_agent(machine: Machine, every: int) -> str:
    file, python = shlex.quote(environment_path(machine)), shlex.quote(machine.python)
    script = f"set -a; . {file}; set +a; exec {python} -m afk tick --every {every}"
    log = f"{machine.home}/Library/Logs/afk.log"
    text = plistlib.dumps(
        {
            "Label": _LAUNCHD,
            "ProgramArguments": ["/bin/sh", "-c", script],
            "WorkingDirectory": machine.folder,
            "EnvironmentVariables": {"PYTHONUNBUFFERED": "1"},
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 60,
            "ExitTimeOut": _LONGEST_TICK,
            "StandardOutPath": log,
            "StandardErrorPath": log,
        },
        sort_keys=False,
    )
    return text.decode()
