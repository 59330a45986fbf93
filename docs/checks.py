"""Writes the table of ``afk doctor``'s checks into docs/doctor.md: ``make docs``."""

from pathlib import Path
from typing import Final

from afk.doctor.table import CHECKS

PAGE: Final = Path(__file__).parent / "doctor.md"
_BEGINS: Final = "<!-- generated: checks (make docs) -->\n"
_ENDS: Final = "<!-- end -->"


def table() -> str:
    """Return the checks in the order in which they are told."""
    rows = [("check", "what it looks at", "what may be wrong"), ("---",) * 3]
    rows += [(one.name, one.about, one.wrong or "nothing: off is said to be off") for one in CHECKS]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def rendered(text: str) -> str:
    """Return the page with the table as the code has it now."""
    before, _, rest = text.partition(_BEGINS)
    assert rest, "the page has no place for the table"
    return f"{before}{_BEGINS}{table()}{_ENDS}{rest.partition(_ENDS)[2]}"


def main() -> int:
    """Write the table."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
