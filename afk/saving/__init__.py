"""``--save`` and ``afk replay``: a tick in a file, and the same tick again without its servers.

The file holds what the tick was given (but no secret), what it and its servers said to each other,
and what it decided. It does hold the issues' texts.
"""

import argparse
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

from afk import __version__
from afk.adapters.proxies import routed
from afk.adapters.runner.masking import Mask
from afk.adapters.runner.reporter import DONE, FAILED, Said
from afk.adapters.saved.playing import Playing
from afk.adapters.saved.recording import Recording, Tape, recording
from afk.adapters.saved.tape import Answers
from afk.adapters.tls import tls_context
from afk.bootstrap import sockets_of
from afk.environment.process import Outside, config_text, write_file
from afk.environment.state_keys import state_key
from afk.environment.tokens import known_secrets
from afk.errors import ConfigError, why_not
from afk.record.codec import key_id
from afk.saving.saved_tick import GIVEN, KEYS, SavedTick
from afk.variables import DOORBELLS, SECRETS

_NAME_A_LOOK: Final = "name a file that `afk tick --save FILE` wrote"
_PASSWORD: Final = re.compile(r"://[^\s/:@\"']*:([^\s/@\"']+)@")
"""In an address, such as that of a deploy probe."""
_ADDRESSES: Final = frozenset(one.address for one in DOORBELLS.values())


class Looked(Protocol):
    """What a command came to."""

    @property
    def exit_code(self) -> int:
        """Return its exit code."""

    @property
    def outcome(self) -> Mapping[str, object]:
        """Return what ``--json`` shows."""

    @property
    def said(self) -> frozenset[Said]:
        """Return what it told."""


Look = Callable[[argparse.Namespace, Outside], Looked]
"""Runs one command, whatever becomes of it."""
Parse = Callable[[Sequence[str]], argparse.Namespace]


def save(options: argparse.Namespace, outside: Outside, look: Look) -> int:
    """Run a command and write down what it and its servers said; returns its exit code."""
    environ = outside.environ
    began = outside.now()
    tape = Tape(now=outside.now, mask=Mask(known_secrets(environ)), began=began)
    real = outside.transport or routed(environ, tls_context())
    recorded = replace(
        outside,
        transport=Recording(real, tape),
        sockets=recording(sockets_of(outside, real), tape),
        now=tape.time,
        one_by_one=True,  # as it is replayed: what is asked at once has no order
    )
    configured = config_text(outside, options.config)[0]
    for password in _PASSWORD.findall("\n".join((configured, *environ.values()))):
        tape.mask.add(password)
    looked = look(argparse.Namespace(**{**vars(options), "save": ""}), recorded)
    clean = tape.mask.apply
    text = SavedTick(
        version=__version__,
        arguments=tuple(_arguments(options)),
        began=began,
        environ={name: clean(environ[name]) for name in GIVEN if name in environ},
        secrets=sorted(name for name in SECRETS if environ.get(name, "").strip()),
        keys=_signing(environ),
        configuration=clean(configured),
        decisions=_decisions(looked),
        said=_said(looked),
        exchanges=tape.exchanges(),
    ).text()
    write_file(outside, options.save, text, private=True)
    return looked.exit_code


def replay(options: argparse.Namespace, outside: Outside, look: Look, parse: Parse) -> int:
    """Run a saved tick again without its servers, and say whether it decides the same."""
    saved = _read(outside.folder, options.file)
    ours = _signing(outside.environ)
    other = [name for name, known_by in saved.keys.items() if ours.get(name) != known_by]
    if other:
        raise ConfigError(
            f"{options.file!r:.200} needs {' and '.join(other)} as it was where it was saved",
            cause="the run records in it are signed, and no key is ever saved; here is none, or "
            "another one",
            next_step="set the same key as there",
        )
    held = _placeholders(saved.secrets)
    mask = Mask(known_secrets(held))
    playing = Playing(Answers(saved.exchanges), saved.began, mask.apply)
    environ = {**saved.environ, **held, "AFK_CONFIG": saved.configuration}
    environ |= {name: outside.environ[name] for name in saved.keys}
    shown = io.StringIO() if options.json else outside.stdout
    looked = look(
        parse(saved.arguments),
        replace(
            outside,
            environ=environ,
            stdout=shown,
            now=playing.now,
            sleep=_at_once,
            transport=playing,
            sockets=playing.open_socket,
            one_by_one=True,
        ),
    )
    differences = [
        *_differences(saved.decisions, _decisions(looked)),
        *_differences([list(one) for one in saved.said], [list(one) for one in _said(looked)]),
    ]
    _tell(options, outside, saved, differences, playing.answers.missing)
    return FAILED if differences else DONE


def _tell(
    options: argparse.Namespace,
    outside: Outside,
    saved: SavedTick,
    differences: Sequence[str],
    missing: Sequence[str],
) -> None:
    """Say how the two ticks differ."""
    if options.json:
        document = {
            "command": "replay",
            "exit_code": FAILED if differences else DONE,
            "saved_by": saved.version,
            "began": saved.began.isoformat(),
            "differences": differences,
            "unanswered": missing,
        }
        print(json.dumps(document, indent=2), file=outside.stdout)
        return
    by = f"as on {saved.began:%Y-%m-%d %H:%M} with afk {saved.version}"
    if not differences:
        print(f"replayed: every decision is the same {by}", file=outside.stdout)
        return
    many = "1 difference" if len(differences) == 1 else f"{len(differences)} differences"
    print(f"replayed: {many}, not {by}", file=outside.stdout)
    for line in differences:
        print(f"  {line}", file=outside.stdout)
    for asked in dict.fromkeys(missing):
        print(f"  asked now and not then, so nothing answered: {asked}", file=outside.stdout)


def _read(folder: Path, name: str) -> SavedTick:
    try:
        return SavedTick.of((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{name!r:.200} cannot be read", cause=why_not(error), next_step=_NAME_A_LOOK
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _no_look(name) from None


def _no_look(name: str) -> ConfigError:
    return ConfigError(
        f"{name!r:.200} is no saved look",
        cause="afk did not write it, or it was cut short or changed",
        next_step=_NAME_A_LOOK,
    )


def _arguments(options: argparse.Namespace) -> list[str]:
    """Return the command line that looks at the same again."""
    found = [options.command]
    if options.repo:
        found += ["--repo", options.repo]
    if options.issue:
        found += ["--issue", str(options.issue)]
    return [*found, "--dry-run"] if options.dry_run else found


def _signing(environ: Mapping[str, str]) -> dict[str, str]:
    """Return by which name records know the keys that sign them; one that is refused has none."""
    found: dict[str, str] = {}
    for name in KEYS:
        with suppress(ConfigError):
            found[name] = key_id(state_key(environ, name).encode())
    return {name: known_by for name, known_by in found.items() if known_by}


def _placeholders(secrets: Collection[str]) -> dict[str, str]:
    """Return values that can stand for secrets: they are never sent anywhere."""
    held = {"AFK_T3_TOKEN": "stands-for-the-token-of-t3"}
    for name in secrets:
        if name in _ADDRESSES:
            held[name] = f"https://doorbell.invalid/stands-for-{name.lower()}"
        elif name not in (*KEYS, "AFK_T3_TOKEN_COMMAND", "AFK_SETUP_TOKEN"):
            held[name] = f"stands-for-{name.lower()}"
    return held


def _decisions(looked: Looked) -> list[Any]:
    found = looked.outcome.get("decisions")
    return list(found) if isinstance(found, list) else []


def _said(looked: Looked) -> list[tuple[str, str, str]]:
    return sorted((one.kind, one.issue, one.text) for one in looked.said)


def _differences(then: Sequence[Any], now: Sequence[Any]) -> list[str]:
    """Return what only one of the two has, a line each."""
    before, after = Counter(map(json.dumps, then)), Counter(map(json.dumps, now))
    return [
        *(f"then: {one}" for one in (before - after).elements()),
        *(f"now:  {one}" for one in (after - before).elements()),
    ]


def _at_once(seconds: float) -> None:
    """Wait for nothing: everything was answered long ago."""
    del seconds
