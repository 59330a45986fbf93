"""Every state of a run's comment, whole, as it was when somebody last looked at it.

Where words change on purpose, ``AFK_SCENES=write`` writes ``scenes.md`` anew: what differs there is
what people will read.
"""

import os
from pathlib import Path
from typing import Final

from support.comments import Scene, scenes, woken

from afk.phase_checklist import render

PAGE: Final = Path(__file__).with_name("scenes.md")


def shown(scene: Scene) -> str:
    text = render(scene.record, scene.config, scene.around)
    also = f"\n~~~~~ and a new comment\n{woken(scene)}\n" if scene.wakes else ""
    return f"~~~~~ {scene.name}\n{text}\n{also}"


def test_scenes__are_what_somebody_looked_at() -> None:
    now = "\n".join(shown(scene) for scene in scenes()) + "~~~~~\n"
    if os.environ.get("AFK_SCENES") == "write":
        PAGE.write_text(now, encoding="utf-8")

    assert now == PAGE.read_text(encoding="utf-8")
