"""Validators of answers are made when they are needed, by one thread at a time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import pytest
from pydantic import BaseModel, TypeAdapter

from afk.adapters.wire import LATER, Unreadable, adapter_of, parse
from afk.errors import ServerFault

UNREADABLE = Unreadable(told="{what} failed", cause="another server", next_step="look")
THREADS = 8


class Part(BaseModel):
    """A shape that waits."""

    model_config = LATER

    number: int


class Whole(BaseModel):
    """Another one, which holds it."""

    model_config = LATER

    part: Part
    parts: tuple[Part, ...] = ()


@dataclass
class Watched:
    """An adapter that notes how often it was built, and by how many threads at once."""

    behind: TypeAdapter[Any]
    at_once: int = 0
    most: int = 0
    built: int = 0

    @property
    def pydantic_complete(self) -> bool:
        return self.behind.pydantic_complete

    def rebuild(self) -> None:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        time.sleep(0.02)  # for the others to come, too
        self.built += bool(self.behind.rebuild())
        self.at_once -= 1

    def validate_python(self, data: object) -> Any:
        return self.behind.validate_python(data)


def test_parse__builds_once_when_many_threads_ask_first() -> None:
    watched = Watched(TypeAdapter(tuple[Whole, ...], config=LATER))
    adapter = cast("TypeAdapter[Any]", watched)
    assert not adapter.pydantic_complete
    together = threading.Barrier(THREADS)

    def read(number: int) -> Any:
        together.wait()
        return parse(
            adapter, [{"part": {"number": number}, "parts": [{"number": 7}]}], "x", UNREADABLE
        )

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(read, range(THREADS)))
    assert [one[0].part.number for one in found] == list(range(THREADS))
    assert all(one[0].parts == (found[0][0].parts[0],) for one in found)
    assert (watched.built, watched.most) == (1, 1)


def test_adapter_of__is_the_same_one_and_waits_to_be_built() -> None:
    for shape in (Whole, tuple[Whole, ...], list[Part]):
        adapter = adapter_of(shape)
        assert adapter is adapter_of(shape)
        assert not adapter.pydantic_complete
    whole = parse(adapter_of(Whole), {"part": {"number": 1}}, "x", UNREADABLE)
    assert whole == parse(adapter_of(Whole), {"part": {"number": 1}}, "x", UNREADABLE)
    assert adapter_of(Whole).pydantic_complete
    assert not adapter_of(list[Part]).pydantic_complete


def test_parse__tells_what_does_not_fit_at_the_first_time_too() -> None:
    adapter = TypeAdapter(tuple[Part, ...], config=LATER)
    with pytest.raises(ServerFault, match=r"reading failed \(1\.number: int_parsing\)"):
        parse(adapter, [{"number": 1}, {"number": "many"}], "reading", UNREADABLE)
