"""How many changes of the pure modules the unit tests notice: ``make mutants``.

Reads what mutmut left in ``mutants/`` and prints a line for each folder. Fails where fewer than
`ENOUGH` percent were noticed, and where one that was not is missing from ``tests/mutants.md``,
which also says what is not counted; it is then printed in that file's form.
"""

import difflib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / "mutants"
ENOUGH: Final = 95
UNNOTICED: Final = {0: "survived", 5: "no test", 33: "no test"}
NOT_TRIED, REFUSED = None, 37
NOTICED: Final = {1, 3}
"""Exit codes as mutmut keeps them; any other is one that had to be ended: it took too long."""
_CUT: Final = re.compile(r"((?:one_line|inert_markdown)\([^\n]{1,80}?, )\d+(?=\))")
_LENGTHS: Final = re.compile(r",(?: strict=(?:True|False))? ?(?=\))|\b(?:utf|UTF)-8\b")
_WORDS: Final = re.compile(r"\"[^\"]*[^\W\d]\s[^\"]*\"|\"[^\"]*\s[^\W\d][^\"]*\"")


@dataclass(frozen=True)
class Change:
    """One changed function: where, and the lines that went and came, without their indent."""

    path: str
    function: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def only_wording(self) -> bool:
        """Say whether only letters of a sentence changed, or where a text of others is cut.

        Likewise the case of an encoding's name, and a check of lengths that are the same.
        """
        before, after = ("\n".join(one) for one in (self.before, self.after))
        same = before.casefold() == after.replace("XX", "").casefold()
        words = same and _WORDS.search(before) is not None
        cut = _CUT.search(before) is not None and _CUT.sub(r"\1", before) == _CUT.sub(r"\1", after)
        lengths = _LENGTHS.sub("", before) == _LENGTHS.sub("", after)
        return before != after and (words or cut or lengths)


def changes(path: Path) -> Iterator[tuple[Change, int | None]]:
    """Yield every change of a module with mutmut's exit code."""
    codes: dict[str, int | None] = json.loads(path.with_suffix(".py.meta").read_text("utf-8"))[
        "exit_code_by_key"
    ]
    if not codes:
        return
    lines = path.read_text("utf-8").splitlines()
    spans = json.loads(path.with_suffix(".py.spans").read_text("utf-8"))["spans"]

    def source(name: str) -> list[str]:
        first, last = spans[name]
        return [line.strip().replace(name, "f") for line in lines[first - 1 : last]]

    for key, code in codes.items():
        name = key.rpartition(".")[2]
        function, _, _ = name.partition("__mutmut_")
        before, after = source(f"{function}__mutmut_orig"), source(name)
        steps = list(difflib.ndiff(before, after))
        yield (
            Change(
                path.relative_to(RESULTS).as_posix(),
                re.sub(r"^x_", "", function.replace("xǁ", "").replace("ǁ", ".")),
                tuple(step[2:] for step in steps if step.startswith("- ")),
                tuple(step[2:] for step in steps if step.startswith("+ ")),
            ),
            code,
        )


def explained(text: str) -> set[Change]:
    """Return the changes that a text in the form of ``tests/mutants.md`` tells of."""
    found: set[Change] = set()
    path = function = ""
    before: list[str] = []
    after: list[str] = []
    for line in [*text.splitlines(), "# "]:
        if after and not line.startswith("+"):
            found.add(Change(path, function, tuple(before), tuple(after)))
            before, after = [], []
        if line.startswith("## "):
            path = line[3:].strip("`")
        elif line.startswith("### "):
            function = line[4:].strip("`")
        elif line.startswith("-") and not line.startswith("- "):
            before.append(line[1:])
        elif line.startswith("+"):
            after.append(line[1:])
    return found


def kind_of(change: Change, code: int | None) -> str:
    """Return what became of a change."""
    if code == REFUSED:
        return "refused by mypy"
    if change.only_wording:
        return "wording"
    if code is NOT_TRIED:
        return "not tried"
    return "noticed" if code in NOTICED else UNNOTICED.get(code, "ended")


def score_of(count: Counter[str]) -> tuple[float, int]:
    """Return how many percent were noticed, and of how many; what took too long was noticed."""
    noticed = count["noticed"] + count["ended"]
    of = noticed + sum(count[one] for one in set(UNNOTICED.values()))
    return (100 * noticed / of if of else 100.0), of


def listed(missing: list[Change]) -> Iterator[str]:
    """Yield changes in the form of ``tests/mutants.md``."""
    path = function = ""
    for change in missing:
        if change.path != path:
            yield f"\n## `{change.path}`\n"
        if (change.path, change.function) != (path, function):
            yield f"\n### `{change.function}`\n\n"
        path, function = change.path, change.function
        yield "".join([f"-{line}\n" for line in change.before])
        yield "".join([f"+{line}\n" for line in change.after or ("",)])


def main(part: str = "") -> int:
    """Print a line for each folder, and what is not explained; 1 where either is not enough."""
    known = explained((ROOT / "tests" / "mutants.md").read_text("utf-8"))
    missing: list[Change] = []
    low = False
    folders: dict[str, Counter[str]] = {}
    for meta in sorted((RESULTS / "afk").rglob("*.py.meta")):
        path = meta.with_suffix("")
        if not path.relative_to(RESULTS).as_posix().startswith(part):
            continue
        folder = path.parent.relative_to(RESULTS).as_posix()
        count = folders.setdefault(folder, Counter())
        for change, code in changes(path):
            kind = kind_of(change, code)
            count[kind] += 1
            if kind in UNNOTICED.values() and change not in known:
                missing.append(change)
    for folder, count in folders.items():
        score, of = score_of(count)
        low |= score < ENOUGH
        rest = ", ".join(f"{number} {kind}" for kind, number in sorted(count.items()))
        sys.stdout.write(f"{folder}: {score:.1f} % of {of} ({rest})\n")
    if missing:
        sys.stdout.write(f"\nNot noticed, and not in tests/mutants.md: {len(missing)}\n")
        sys.stdout.writelines(listed(missing))
    return int(low or bool(missing))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
