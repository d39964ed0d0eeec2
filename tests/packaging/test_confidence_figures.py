"""What `bench confidence` says of cells whose values are known."""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.extraction.confidence import Judged

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """Return the module, which imports its neighbours by name."""
    folder = str(Path(__file__).parents[2] / "packaging" / "bench")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("_confidence")
    finally:
        sys.path.remove(folder)


def cell(value: Any, probability: float = 0.5) -> dict[str, Any]:
    alternatives = [{"value": value, "probability": probability}]
    return {"value": value, "state": "exact", "alternatives": alternatives, "signals": {"kind": "text"}}


def test_a_cell_is_right_where_its_place_in_the_known_record_has_its_value(bench: ModuleType) -> None:
    cells = {
        "/vendor": cell("ACME  ltd"),
        "/items/0/price": cell(2),
        "/items/1/price": cell(3.5),
        "/items/2/price": cell(None),
        "/due": cell(None),
        "/unknown": cell("x"),
    }
    truth = {"vendor": "Acme Ltd", "items": [{"price": 2.0}, {"price": 4}], "due": None}
    assert {each.pointer: each.right for each in bench.judge(cells, truth)} == {
        "/vendor": True,
        "/items/0/price": True,
        "/items/1/price": False,
        "/items/2/price": False,
        "/due": True,
    }


def drawn_cells(seed: int, count: int) -> list[Judged]:
    """Return cells of which the more probable ones are more often right."""
    drawn = random.Random(seed)
    shares = [drawn.random() for _ in range(count)]
    return [Judged("/name", cell("x", share), drawn.random() < share) for share in shares]


def test_what_is_measured_was_not_corrected_and_says_the_same_each_time(bench: ModuleType) -> None:
    folders = {"a": drawn_cells(1, 100), "b": drawn_cells(2, 100)}
    found = bench.measure(bench.with_the_others(folders))
    assert (found.cells, found.corrections) == (200, 50)
    assert found.auroc > 0.7
    assert found == bench.measure(bench.with_the_others(folders))
    few = bench.measure(bench.with_defaults({"a": drawn_cells(1, 30)}))
    assert (few.cells, few.corrections) == (30, 15)


def test_cells_that_are_right_by_chance_rank_like_a_constant(bench: ModuleType) -> None:
    drawn = random.Random(5)
    cells = [Judged("/name", cell("x", drawn.random()), drawn.random() < 0.5) for _ in range(600)]
    found = bench.measure(bench.with_defaults({"a": cells}))
    assert found.auroc == pytest.approx(0.5, abs=0.05)


def test_no_folder_begins_with_weights_that_its_own_documents_were_used_for(bench: ModuleType) -> None:
    wrong = [Judged(each.pointer, each.cell, right=False) for each in drawn_cells(1, 50)]
    folders = {"a": drawn_cells(2, 50), "a/items": wrong, "b": drawn_cells(3, 50)}
    priors = {folder.name: folder.prior for folder in bench.with_the_others(folders)}
    alone = bench.with_the_others({"a": folders["a"], "b": folders["b"]})
    assert priors["a"] == priors["a/items"] == alone[0].prior
    assert priors["b"] != alone[1].prior
