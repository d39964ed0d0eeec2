"""The profile that benchmarks of many conversations run on: the same each time, and of the size that was asked."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from engine.store import Store


@pytest.fixture
def maker() -> ModuleType:
    path = Path(__file__).parents[2] / "packaging" / "bench" / "_threads.py"
    spec = importlib.util.spec_from_file_location("_threads", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_threads"] = module
    spec.loader.exec_module(module)
    return module


def test_the_same_seed_makes_the_same_threads(maker: ModuleType, tmp_path: Path) -> None:
    sizes = {"threads": 20, "messages": 400, "longest": 120}
    made = maker.make_profile(tmp_path / "one", **sizes)
    again = maker.make_profile(tmp_path / "two", **sizes)
    other = maker.make_profile(tmp_path / "three", **sizes, seed=5)
    with Store(tmp_path / "one") as one, Store(tmp_path / "two") as two, Store(tmp_path / "three") as three:
        assert len(made.threads) == len(one.threads.all()) == 20
        assert made.messages == sum(len(one.messages.outline(thread)) for thread in made.threads) == 400
        assert len(one.messages.outline(made.longest)) == 120
        first = [one.trees.read(thread) for thread in made.threads]
        assert [two.trees.read(thread) for thread in again.threads] == first
        assert [three.trees.read(thread) for thread in other.threads] != first
        assert one.search.find("the")
