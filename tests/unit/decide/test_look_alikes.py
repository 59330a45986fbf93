"""Comments that pass for afk's own, and which of them can be nobody's record."""

from dataclasses import replace

import pytest
from support.factories import AFK, KEYS, MARA, comment, issue, record

from afk.decide.look_alikes import LookAlike, any_look_alike, look_alikes
from afk.record.codec import encode
from afk.record.state import Keys

OURS = encode(record(), "**afk: At work** (run `06af7b71`)\n", KEYS)
OTHERS = encode(record(), "", Keys(current=b"the key of another installation"))
UNSIGNED = encode(record(), "", Keys())
HEADING = "**afk: Landed** (run `06af7b71`)\n"


def found(body: str, keys: Keys = KEYS) -> tuple[LookAlike, ...]:
    """Return what is told of a stranger's comment beside afk's own."""
    own = comment(id=1, author=AFK, body=OURS)
    theirs = comment(id=2, author=MARA, body=body)
    here = replace(issue(), comments=(theirs, own))
    assert any_look_alike(here)
    return look_alikes(here, {AFK.id}, keys)


@pytest.mark.parametrize(
    ("body", "forged"),
    [
        (OURS, True),
        (f"\n  {OURS}", True),
        (OURS.replace("running", "ended"), True),
        ("<!-- afk:run:v1 nonsense -->", True),
        (OTHERS, False),
        (UNSIGNED, False),
        (HEADING, False),
        (f" {HEADING.upper().replace('RUN', 'run')}", False),
        ("<!--afk:run:v1 x -->", False),
    ],
)
def test_look_alikes__of_a_stranger__are_forged_if_no_installation_can_have_written_them(
    body: str, forged: bool
) -> None:
    (one,) = found(body)
    assert one.forged is forged
    assert one.comment.author == MARA


def test_look_alikes__without_a_key__nothing_is_certainly_forged() -> None:
    """An unsigned record may be another installation's."""
    (one,) = found("<!-- afk:run:v1 nonsense -->", Keys())
    assert not one.forged


@pytest.mark.parametrize("body", ["Fine.", f"> {HEADING}", f"```\n{OURS}", "**afk: it** is"])
def test_look_alikes__words_about_one__are_none(body: str) -> None:
    assert found(body) == ()
    assert not any_look_alike(replace(issue(), comments=(comment(body=body),)))
