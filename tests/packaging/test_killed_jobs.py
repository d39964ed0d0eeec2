"""A job that is killed with its process or its model: each document is done exactly once, whatever was killed when."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.store import Row, Store

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).parents[2] / "packaging" / "bench" / "_killed.py"
    spec = importlib.util.spec_from_file_location("_killed", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_killed"] = module
    spec.loader.exec_module(module)
    return module


def test_each_document_is_done_once_however_often_the_job_is_killed(
    bench: ModuleType, tmp_path: Path, cache_dir: Path
) -> None:
    killed = bench.Killed(tmp_path / "job", 12, cache_dir)
    told: list[str] = []
    kills, faults = bench.kill_again_and_again(killed, 3, random.Random(3), told.append)
    assert kills == len(told) == 3
    assert faults == []
    assert killed.lost == set()
    assert killed.done_twice() == []
    assert killed.not_done() == []
    assert len((tmp_path / "job" / "rows.jsonl").read_text("utf-8").splitlines()) == 12


def test_what_is_lost_or_done_twice_would_be_seen(bench: ModuleType, tmp_path: Path) -> None:
    killed = bench.Killed(tmp_path / "job", 3)
    with Store(killed.profile) as store:
        job = store.jobs.open({}, identity="i")
        store.jobs.set_documents(job, ["0.txt", "1.txt", "2.txt"])
        for name in ("0.txt", "1.txt"):
            store.jobs.save(job, Row(name, "done", record={}))
        assert killed.look() == []
        assert (killed.lost, killed.done_twice(), killed.not_done()) == (set(), [], ["2.txt"])
        store.jobs.reset(job, ["0.txt"])
        store.jobs.save(job, Row("1.txt", "done", record={"name": "Nord"}))
    killed.look()
    assert killed.lost == {"0.txt", "1.txt"}
    assert killed.done_twice() == ["1.txt"]
    assert sorted(killed.not_done()) == ["0.txt", "2.txt"]
