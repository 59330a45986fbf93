"""Validators of answers are made when they are needed, by one thread at a time."""

import ast
import inspect
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, cast

import pytest
from pydantic import BaseModel, TypeAdapter

from afk import adapters
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


def shapes(module: ModuleType) -> dict[str, type[BaseModel]]:
    """Return the shapes that a module knows by a name."""
    known = vars(module).items()
    return {
        name: one for name, one in known if isinstance(one, type) and issubclass(one, BaseModel)
    }


def test_shapes__that_are_made_by_hand__do_not_wait() -> None:
    """Making one that waits has pydantic build it, and no lock keeps other threads from it then."""
    names = [one.name for one in walk_packages(adapters.__path__, "afk.adapters.")]
    modules = [import_module(name) for name in names]
    made: dict[str, bool] = {}
    for module in modules:
        known = shapes(module)
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            called = node.func if isinstance(node, ast.Call) else None
            asked = called.value if isinstance(called, ast.Attribute) else called
            if isinstance(asked, ast.Name) and asked.id in known:
                waits = bool(known[asked.id].model_config.get("defer_build"))
                made[f"{module.__name__}: {asked.id}"] = waits
    waiting = [one for module in modules for one in shapes(module).values()]
    assert any(one.model_config.get("defer_build") for one in waiting)
    assert "afk.adapters.t3.status: WireSession" in made
    # The only one is a default of a field, made while its module is loaded.
    assert [one for one, waits in made.items() if waits] == ["afk.adapters.t3.providers: Auth"]
