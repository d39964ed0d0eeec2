"""Before a model is loaded, a person is told whether it fits, and what would make it fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.gguf import ModelFacts, facts_of, read_header
from engine.model.build import Build
from engine.model.bundled import bundled_model
from engine.model.fit import Fit, Memory, describe_build, estimate, guess
from engine.model.protocol import Adapter, LoadOptions

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.client import ModelClient

GB = 10**9


@pytest.fixture(scope="module")
def bundled() -> ModelFacts:
    return facts_of(read_header(bundled_model()))


def fit(facts: ModelFacts, options: LoadOptions, free: int, total: int = 16 * GB) -> Fit:
    return estimate(facts, bundled_model().stat().st_size, options, Memory(free, total))


def test_the_parts_of_an_estimate_add_up(bundled: ModelFacts) -> None:
    found = fit(bundled, LoadOptions(), 8 * GB)
    assert found.needed == found.weights + found.cache + found.buffers + found.base
    assert (found.verdict, found.would_fit) == ("fits", None)
    assert "8.0 GB are free" in found.advice


def test_a_machine_of_its_own_memory_is_asked_where_none_is_given(bundled: ModelFacts) -> None:
    found = estimate(bundled, bundled_model().stat().st_size, LoadOptions())
    assert 0 < found.free <= found.total


def test_what_is_nearly_all_of_the_free_memory_is_tight(bundled: ModelFacts) -> None:
    needed = fit(bundled, LoadOptions(), 8 * GB).needed
    assert fit(bundled, LoadOptions(), needed + GB // 2).verdict == "tight"
    assert fit(bundled, LoadOptions(), needed - 1).verdict == "too big"


@pytest.mark.parametrize("free", [700, 500, 400, 300])
def test_what_is_advised_does_fit(bundled: ModelFacts, free: int) -> None:
    memory = free * 10**6, GB
    found = fit(bundled, LoadOptions(), *memory)
    assert found.verdict != "fits"
    assert found.would_fit is not None
    assert fit(bundled, found.would_fit, *memory).verdict in {"fits", "tight"}
    assert fit(bundled, found.would_fit, *memory).needed < found.needed


def test_a_longer_context_more_lanes_and_wider_numbers_take_more(bundled: ModelFacts) -> None:
    def needed(**options: object) -> int:
        return fit(bundled, LoadOptions.model_validate(options), GB).needed

    assert needed(context=1024) < needed(context=4096) < needed(context=8192)
    assert needed(lanes=1) < needed(lanes=4)
    assert needed(cache_type="q4_0") < needed(cache_type="q8_0") < needed()
    assert needed(layout="Q4_0") < needed(layout="F16") == needed()


def test_an_adapter_takes_what_its_file_has(bundled: ModelFacts, tmp_path: Path) -> None:
    path = tmp_path / "adapter.gguf"
    path.write_bytes(bytes(1_000_000))
    gone = fit(bundled, LoadOptions(adapters=(Adapter(path=str(tmp_path / "gone.gguf")),)), GB).needed
    assert fit(bundled, LoadOptions(adapters=(Adapter(path=str(path)),)), GB).needed == gone + 1_000_000


def test_what_a_loaded_model_holds_is_what_was_estimated(model_client: ModelClient, bundled: ModelFacts) -> None:
    model = model_client.wait_until_ready()
    found = estimate(bundled, model.size_bytes, LoadOptions(), layout=model.layout)
    assert model.memory_bytes is not None
    assert found.loaded == pytest.approx(model.memory_bytes, rel=0.1)


def test_what_no_setting_helps_has_none(bundled: ModelFacts) -> None:
    found = fit(bundled, LoadOptions(), 100 * 10**6, 150 * 10**6)
    assert found.would_fit is None
    assert "this machine has 150 MB in all" in found.advice


def test_the_memory_of_a_model_that_goes_first_counts_as_free() -> None:
    assert Memory.now(GB).free > Memory.now().free
    assert Memory.now(10**15).free == Memory.now().total


def test_a_build_tells_what_it_computes_on() -> None:
    build = describe_build()
    assert isinstance(build, Build)
    assert build.device != "none"
    assert build.can_offload == (build.device != "CPU")


@pytest.mark.parametrize(("size", "verdict"), [(2 * GB, "fits"), (6 * GB, "tight"), (9 * GB, "too big")])
def test_a_model_that_is_not_here_yet_is_guessed_by_its_size(size: int, verdict: str) -> None:
    found = guess(size, Memory(8 * GB, 16 * GB))
    assert found.verdict == verdict
    assert found.needed == found.weights + found.cache + found.buffers + found.base
    assert "guessed" in found.advice
