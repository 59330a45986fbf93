"""Writes docs/edges.md, the table of what proves each request that afk can send: ``make docs``.

First it runs the contract suite on the sandboxes, to take down what that sends.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from support.evidence import found
from support.operation_tables import ERRORS, OPERATIONS
from support.operations import Operation, Proof, Server
from support.sent import Writer

PAGE: Final = Path(__file__).parent / "edges.md"

HEAD: Final = """\
# Edges

Every request that afk can send, and what proves that the other side answers as afk takes it.
`make docs` writes this page from the cassettes, the recordings and the tests; a test holds it to
them. Numbers are the statuses seen:

* **cassette**: recorded from real servers through afk's own client (Forgejo 16.0.0-dev, 14.0.0 and
  11.0.15, T3 Code 0.0.32, 0.0.28 and, in protocol 2, 0.0.33), or in a recording that a test of the
  adapter replays; of a call over T3's socket, 200 is a success and 500 a refusal;
* **conformance**: recorded from real servers, and the sandbox answers the same;
* **contract**: answered by the sandbox to the suite that real servers and cassettes pass, too;
* **schema**: whose description or models the sandbox's answers satisfy: GitHub's OpenAPI and
  GraphQL, `githubkit` (generated from the former), `pyforgejo` (from Forgejo's own).

A test also compares, request by request, what the contract suite sends to the sandboxes with what
it sent to the real servers, and how both answered.
"""


class Notes:
    """Reasons below a table, each once."""

    def __init__(self) -> None:
        """Begin without any."""
        self.texts: list[str] = []

    def mark(self, text: str) -> str:
        """Return the number of a reason in brackets."""
        if text not in self.texts:
            self.texts.append(text)
        return f"({self.texts.index(text) + 1})"


def cell(one: Operation, proof: Proof, notes: Notes) -> str:
    """Return what proves an operation in one way, or why nothing does."""
    parts = found(one, proof)
    if not parts:
        parts = ["none " + notes.mark(one.reasons[proof])]
    if proof is Proof.CASSETTE:
        parts += [f"no {status} {notes.mark(why)}" for status, why in one.unseen.items()]
        parts += [f"not {folder} {notes.mark(why)}" for folder, why in one.absent.items()]
    return " ".join(parts)


def table(operations: Sequence[Operation]) -> Iterator[str]:
    """Yield the lines of one server's table and the reasons below it."""
    notes = Notes()
    yield "| operation | " + " | ".join(proof.value for proof in Proof) + " |"
    yield "|---" * (len(Proof) + 1) + "|"
    for one in operations:
        cells = [cell(one, proof, notes) for proof in Proof]
        yield f"| `{one.request}` | " + " | ".join(cells) + " |"
    errors = ERRORS.get(operations[0].server, {})
    seen = " ".join(str(status) for status in sorted(errors) if not errors[status])
    missing = [f"no {status} {notes.mark(why)}" for status, why in errors.items() if why]
    if errors:
        yield ""
        yield " ".join(["Told apart whatever was asked, and recorded:", seen, *missing])
    if notes.texts:
        yield ""
        yield from (f"{number}. {text}" for number, text in enumerate(notes.texts, start=1))


def rendered() -> str:
    """Return the page as the evidence has it now."""
    lines = [HEAD]
    for server in Server:
        lines += [f"## {server.value}", ""]
        lines += [*table([one for one in OPERATIONS if one.server is server]), ""]
    return "\n".join(lines)


def main() -> int:
    """Write down what the contract suite sends, then the page."""
    writer = Writer()
    # anyio, which has a plugin for pytest, is imported already.
    quiet = ["-q", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    failed = pytest.main([*quiet, "tests/contract", "-k", "sandbox"], plugins=[writer])
    if failed:
        return int(failed)
    writer.write()
    PAGE.write_text(rendered(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
