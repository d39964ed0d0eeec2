"""Before a model is loaded, a person is told whether it fits, and what would make it fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.gguf import ModelFacts, facts_of, read_header
from engine.model.build import Build
from engine.model.bundled import bundled_model
from engine.model.fit import Fit, Memory, describe_build, estimate, guess, spell
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


@pytest.mark.parametrize("context", [1024, 2048, 4096, 8192])
def test_more_lanes_never_take_less(bundled: ModelFacts, context: int) -> None:
    needed = [fit(bundled, LoadOptions(context=context, lanes=lanes), GB).needed for lanes in range(1, 17)]
    assert needed == sorted(needed)


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


# Layers, numbers of a token's keys, heads, width, feed-forward, vocabulary, billions of parameters, bits of a weight.
SHAPES = {
    "SmolLM2 360M Q8_0": (32, 320, 15, 960, 2560, 49152, 0.36, 8.5),
    "Qwen2.5 0.5B Q4_K_M": (24, 128, 14, 896, 4864, 151936, 0.49, 6.4),
    "Qwen3 0.6B Q8_0": (28, 1024, 16, 1024, 3072, 151936, 0.6, 8.5),
    "Gemma 3 1B Q4_K_M": (26, 256, 4, 1152, 6912, 262144, 1.0, 6.4),
    "Qwen3 4B Q4_K_M": (36, 1024, 32, 2560, 9728, 151936, 4.02, 4.97),
    "Qwen2.5 7B Q4_K_M": (28, 512, 28, 3584, 18944, 152064, 7.6, 4.9),
    "Llama 3.1 8B Q4_K_M": (32, 1024, 32, 4096, 14336, 128256, 8.03, 4.9),
    "Phi-4 Q4_K_M": (40, 1280, 40, 5120, 17920, 100352, 14.7, 4.9),
    "Qwen3 32B Q4_K_M": (64, 1024, 64, 5120, 25600, 151936, 32.8, 4.85),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_told_before_a_download_holds_what_is_told_after_it(bundled: ModelFacts, name: str) -> None:
    layers, keys, heads, width, feed_forward, vocabulary, billions, bits = SHAPES[name]
    facts = replace(
        bundled,
        parameters=round(billions * GB),
        quantization="Q4_K",
        weights_size=round(billions * GB * bits / 8),
        layers=layers,
        embedding=width,
        vocabulary=vocabulary,
        key_sizes=(keys,) * layers,
        value_sizes=(keys,) * layers,
        windowed=(False,) * layers,
        state_sizes=(0,) * layers,
        heads=heads,
        feed_forward=feed_forward,
    )
    memory = Memory(64 * GB, 64 * GB)
    before, after = guess(facts.weights_size, memory), estimate(facts, facts.weights_size, LoadOptions(), memory)
    assert before.least is not None
    assert before.most is not None
    assert before.least <= after.needed <= before.most
    assert before.most < before.least * 2.8, "a range that says nothing"


def test_the_bundled_model_is_guessed_as_it_is_estimated(bundled: ModelFacts) -> None:
    size, memory = bundled_model().stat().st_size, Memory(8 * GB, 16 * GB)
    before, after = guess(size, memory), fit(bundled, LoadOptions(), 8 * GB)
    assert before.least is not None
    assert before.most is not None
    assert before.least <= after.needed <= before.most
    assert "to" in before.advice


def test_vast_sizes_are_told_in_their_own_unit() -> None:
    assert [spell(size) for size in (3 * 10**8, 2 * GB, 24_189_600_000_000)] == ["300 MB", "2.0 GB", "24.2 TB"]
