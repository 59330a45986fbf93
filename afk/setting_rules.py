"""What single settings may say: names, labels, branches, folders, people. Pure.

Each rule refuses what a forge, git or T3 would not take, and what looks like one thing and is
another. An error says which setting and which value it is about, so that
`afk.environment.settings` can say where it stands.
"""

import posixpath
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from afk.errors import ConfigError
from afk.types import IssueKey

SHA_PLACE: Final = re.compile(r"\{sha\}|%7Bsha%7D", re.IGNORECASE)
"""Where the commit goes in a probe's address."""
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
_ISSUE: Final = re.compile(r"(?P<repo>[^\s#]{3,201})#(?P<number>[1-9][0-9]{0,8})")
_LOGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_PINNED: Final = re.compile(r"(?P<login>[A-Za-z0-9][A-Za-z0-9._-]{0,99}):(?P<id>[1-9][0-9]{0,17})")
_LONGEST_LABEL: Final = 50
"""GitHub's and Forgejo's bound alike."""
_LONGEST_BRANCH: Final = 244
"""A file's name of 255 bytes, less ``refs/heads/``."""
_LONGEST_TEXT: Final = 1_000
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


class WrongSetting(ConfigError, ValueError):
    """A setting whose value cannot be used: its ``name`` and the ``value`` as it was written.

    A `ValueError` too: pydantic goes on behind one, and says where in the text it was.
    """

    def __init__(self, name: str, value: object, what: str, *, cause: str, next_step: str) -> None:
        """``what`` is said after where it stands."""
        self.name = name
        self.value = value
        super().__init__(what, cause=cause, next_step=next_step)


def check_text(name: str, value: str) -> None:
    """Refuse a text in which there is something that nobody sees, or that is blank."""
    blank = bool(value) and (value != value.strip() or not _shown(value))
    if blank or not _visible(value) or len(value) > _LONGEST_TEXT:
        raise WrongSetting(
            name,
            value,
            f"{name} is {value!r:.80}",
            cause="it is blank, overlong or of several lines, begins or ends with a blank, or "
            "holds characters that nobody sees",
            next_step="type it anew, on one line",
        )


def check_names(setting: str, names: Iterable[str]) -> None:
    """Refuse names of checks that no check has."""
    for name in names:
        if not name:
            raise WrongSetting(
                setting,
                name,
                f"{setting} names nothing",
                cause="a name in it is empty, which no check has",
                next_step="take it out, or write the check's name",
            )
        check_text(setting, name)


def check_label(name: str, value: str) -> None:
    """Refuse what no forge takes for a label, or what looks like another one."""
    check_text(name, value)
    if len(value) > _LONGEST_LABEL:
        raise WrongSetting(
            name,
            value,
            f"{name} has {len(value)} characters",
            cause=f"forges take {_LONGEST_LABEL}",
            next_step="choose a shorter name",
        )
    if "," in value:
        raise WrongSetting(
            name,
            value,
            f"{name}: a label's name contains a comma",
            cause="forges take lists of label names separated by commas",
            next_step="choose a name without one",
        )


def check_repository(setting: str, name: str) -> None:
    """Refuse what is no ``owner/name`` that could exist."""
    parts = name.split("/")
    odd = any(part in (".", "..") or part.endswith((".git", ".wiki")) for part in parts)
    if odd or not _REPOSITORY.fullmatch(name):
        raise WrongSetting(
            setting,
            name,
            f"{name!r:.120} is not a repository name",
            cause="a part is missing, or it holds what no name holds",
            next_step="write owner/name exactly as the forge shows it; no address, no .git, no "
            "wildcards",
        )


def issue_named(setting: str, text: str) -> IssueKey | None:
    """Return the issue that a setting names, None where it is empty."""
    if not text:
        return None
    found = _ISSUE.fullmatch(text)
    if found is None:
        raise WrongSetting(
            setting,
            text,
            f"{setting} is {text!r:.120}, which names no issue",
            cause="a part is missing, or it is an address",
            next_step="write OWNER/REPO#N, such as acme/shop#12",
        )
    check_repository(setting, found["repo"])
    return IssueKey(found["repo"], int(found["number"]))


def check_branch(name: str) -> None:
    """Refuse what git takes for no branch, and what names one from somewhere else.

    https://git-scm.com/docs/git-check-ref-format
    """
    if not name:
        return
    kinds = ("refs/", "heads/", "origin/", "remotes/")
    prefix = next((one for one in kinds if name.startswith(one)), "")
    if prefix or name == "HEAD":
        short = name.removeprefix("refs/").removeprefix("heads/").removeprefix("remotes/")
        raise WrongSetting(
            "branch",
            name,
            f"branch {name!r:.80} is a reference, not a branch's own name",
            cause="git shows branches so where it means another place's, or all kinds of names",
            next_step=f"write it as the forge shows it, such as "
            f"{short.removeprefix('origin/').replace('HEAD', '') or 'main'}",
        )
    parts = name.split("/")
    forbidden = any(character in " ~^:?*[\\" or not _visible(character) for character in name)
    wrong_part = any(not part or part.startswith(".") or part.endswith(".lock") for part in parts)
    wrong_whole = ".." in name or "@{" in name or name == "@" or name[0] == "-" or name[-1] == "."
    overlong = len(name.encode("utf-8", "replace")) > _LONGEST_BRANCH
    if forbidden or wrong_part or wrong_whole or overlong:
        raise WrongSetting(
            "branch",
            name,
            f"branch {name!r:.80} is no name that git takes",
            cause="blanks, .., ~ ^ : ? * [ \\ @{ and parts that begin with a dot or end in .lock "
            "are not allowed in it, nor - in front or a dot or / at the end",
            next_step="write the branch as the forge shows it, such as main",
        )


def check_workspace(path: str) -> None:
    """A workspace is an absolute path on T3's host, in the one spelling T3 knows it by."""
    plain = path.startswith("/") and not path.startswith("//") and path == posixpath.normpath(path)
    if not plain or not _visible(path) or path != path.strip():
        raise WrongSetting(
            "workspace",
            path,
            f"workspace {path!r:.120} is not a plain absolute path",
            cause="T3 knows a folder by one spelling, from one / on and without .. or a final /",
            next_step="give the folder as T3's host sees it, such as /srv/code/app",
        )


def check_probe(address: str) -> None:
    """Refuse a probe that is no whole address; what it may hold is the probe's own business."""
    if address and not re.match(r"https?://[^\s/]", address):
        raise WrongSetting(
            "probe",
            address,
            f"probe {address!r:.120} is no whole address",
            cause="it does not begin with https:// or http://",
            next_step=f"write https://{address.rsplit('://', maxsplit=1)[-1].lstrip('/')[:120]}",
        )


def check_proof(address: str, text: str, *, expects: bool) -> None:
    """Refuse a probe whose answer proves nothing; ``expects``: it is named what it has to be."""
    if SHA_PLACE.search(address) and not expects:
        raise WrongSetting(
            "probe",
            address,
            f"`probe: {address}` asks with the commit and names nothing that answers",
            cause="a page that repeats its address would prove every commit",
            next_step="add probe_status, probe_json or probe_text, or take {sha} out",
        )
    if SHA_PLACE.search(text):
        raise WrongSetting(
            "probe_text",
            text,
            f"`probe_text: {text}` is what was asked for",
            cause="a page that repeats its address would prove every commit",
            next_step="name a text that only a deployed commit's page has",
        )
    if expects and not address:
        raise WrongSetting(
            "",
            "",
            "probe_status, probe_json or probe_text stands without a probe",
            cause="they say what the answer to a probe has to be",
            next_step="add the probe's address, or take them out",
        )


def check_ids(setting: str, entries: Iterable[int | str]) -> None:
    """Refuse numbers that no account has; Forgejo's own (its job token's) are below nothing."""
    for entry in entries:
        if isinstance(entry, int) and not 0 < abs(entry) < 2**63:
            raise WrongSetting(
                setting,
                entry,
                f"{setting} lists {entry}, which is no account's id",
                cause="no forge gives this number to anybody",
                next_step="ask the forge for it: /users/LOGIN in its API shows it",
            )


def check_trusted(entries: Iterable[int | str]) -> None:
    """Refuse what names nobody: it would be taken and do nothing."""
    entries = tuple(entries)
    check_ids("trusted", entries)
    for entry in entries:
        if isinstance(entry, int) or _PINNED.fullmatch(entry):
            continue
        hint = ""
        if entry.endswith("[bot]"):
            hint = "list an app by its account's numeric id"
        elif entry.isdigit():
            hint = f"for an account's id write {entry} without quotes"
        elif "/" in entry:
            hint = "list the people themselves: no teams, organisations or addresses"
        elif not _LOGIN.fullmatch(entry):
            bare = entry.strip().lstrip("@").strip()
            hint = f"write {bare}" if _LOGIN.fullmatch(bare) else "list people one by one, as ids"
        if hint:
            raise WrongSetting(
                "trusted",
                entry,
                f"trusted lists {entry!r:.80}, which names no person",
                cause="it takes an id (4711), a login (mara), or both (mara:4711)",
                next_step=hint,
            )


def trusted_ids(entries: Iterable[int | str]) -> frozenset[int]:
    """Return the ids among the entries of ``trusted``; of ``mara:4711`` the id alone counts."""
    pinned = (_PINNED.fullmatch(entry) for entry in entries if isinstance(entry, str))
    numbers = (entry for entry in entries if isinstance(entry, int))
    return frozenset(numbers) | {int(found["id"]) for found in pinned if found}


def trusted_logins(entries: Iterable[int | str]) -> frozenset[str]:
    """Return the logins that stand without an id, in lower case: forges ignore case in them."""
    texts = (entry for entry in entries if isinstance(entry, str))
    return frozenset(entry.lower() for entry in texts if not _PINNED.fullmatch(entry))


def _visible(text: str) -> bool:
    """Say whether every character takes up room, and no line ends in it."""
    if text.isascii():
        return text.isprintable()
    return not any(
        unicodedata.category(one) in _UNSEEN or one in _FILLERS or "\ufe00" <= one <= "\ufe0e"
        for one in text
    )


def _shown(text: str) -> bool:
    """Say whether anything in the text is more than a blank."""
    return any(not one.isspace() and one != "\u2800" for one in text)
