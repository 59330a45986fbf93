"""Records for the codec: arbitrary ones, and what other versions might have written."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from support.factories import KEYS

from afk.record.answers import Answers, Given, Heard, Reply, Word
from afk.record.codec import _mac, as_json
from afk.record.groups import Commits, Ending, SeenHead, SeenThread, SeenVerdict, ThreadState
from afk.record.pauses import Pauses
from afk.record.state import (
    SCHEMA,
    Approval,
    Asked,
    Dialogue,
    Purpose,
    RunRecord,
    Stage,
    Stop,
    Turn,
)
from afk.types import CIStatus, Phase, ThreadStatus

ODD = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from('<!->"\\\n\r{} \u2028\u0085\x00'),
    ),
    max_size=20,
)
TIME = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis adds the zone
MAYBE = st.none() | TIME
COUNT = st.integers(0, 10**12)


def listed(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=3).map(tuple)


TURNS = st.builds(
    Turn,
    number=COUNT,
    purpose=st.sampled_from(Purpose),
    message_id=ODD,
    sent_at=MAYBE,
    requested_at=MAYBE,
    red_commit=ODD,
)
RECORDS = st.builds(
    RunRecord,
    forge=ODD,
    repository_id=COUNT,
    repository=ODD,
    issue=COUNT,
    run_id=ODD,
    approval=st.builds(Approval, actor_id=st.integers(), at=TIME, event=ODD, digest=ODD),
    sequence=COUNT,
    stage=st.sampled_from(Stage),
    detail=ODD,
    thread=st.builds(
        ThreadState,
        environment_id=ODD,
        id=ODD,
        attempt=COUNT,
        replacements=COUNT,
        dispatch_failures=COUNT,
        claimed_at=MAYBE,
        started_at=MAYBE,
        rebuilt=st.booleans(),
        seen=st.none() | st.builds(SeenThread, line=ODD, status=st.sampled_from(ThreadStatus)),
    ),
    dialogue=st.builds(
        Dialogue,
        turns=listed(TURNS),
        asked=listed(st.builds(Asked, id=ODD, at=TIME, digest=ODD)),
        answered=listed(ODD),
        stops=listed(st.builds(Stop, at=TIME, rule=ODD)),
    ),
    commits=st.builds(
        Commits,
        base=ODD,
        branch=ODD,
        pushed=listed(ODD),
        pushed_at=MAYBE,
        first_red_at=MAYBE,
        seen_verdict=st.none()
        | st.builds(SeenVerdict, sha=ODD, status=st.sampled_from(CIStatus), at=TIME),
        seen_head=st.none() | st.builds(SeenHead, sha=ODD, at=TIME),
    ),
    phases=st.dictionaries(st.sampled_from(Phase), TIME),
    pauses=st.builds(
        Pauses,
        times_limited=COUNT,
        limited_at=MAYBE,
        first_reset=MAYBE,
        next_try=MAYBE,
        held_at=MAYBE,
        waited_seconds=COUNT,
        paused_seconds=COUNT,
        unseen_at=MAYBE,
        unseen_seconds=COUNT,
        rang_other_server=st.booleans(),
    ),
    ending=st.builds(
        Ending,
        at=MAYBE,
        ended_at=MAYBE,
        settled=st.booleans(),
        close_blocked=st.booleans(),
        blocked_by=listed(ODD),
        notified=listed(ODD),
        notify_failures=COUNT,
    ),
    answers=st.builds(
        Answers,
        upto=COUNT,
        heard=listed(
            st.builds(
                Heard,
                comment=COUNT,
                word=st.sampled_from(Word),
                reply=st.sampled_from(Reply),
                at=TIME,
            )
        ),
        given=listed(st.builds(Given, request=ODD, comment=COUNT)),
    ),
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD, inner, max_size=3),
    max_leaves=6,
)


def signed(fields: dict[str, Any], *, version: int = SCHEMA) -> str:
    """Return a marker over any JSON, signed with our key: what another version might write."""
    text = json.dumps(fields, separators=(",", ":"))
    return f"<!-- afk:run:v{version} {text} mac={_mac(KEYS.current, text)} -->\n"


def fields_of(run: RunRecord) -> dict[str, Any]:
    return {"schema": SCHEMA, **as_json(run)}
