"""What each layer of a model keeps: the part of an estimate of memory that architectures differ in."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine.gguf import facts_of, read_header
from tests.engine.gguf.writing import LLAMA, gguf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.gguf import ModelFacts

    Write = Callable[[bytes], Path]


@pytest.fixture
def model_file(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def write(raw: bytes) -> Path:
        path = tmp_path / "model.gguf"
        path.write_bytes(raw)
        return path

    return write


def _layer(number: int, **shapes: tuple[int, ...]) -> dict[str, tuple[tuple[int, ...], int, int]]:
    return {f"blk.{number}.{name}.weight": (shape, 0, 0) for name, shape in shapes.items()}


def _facts(write: Write, values: dict[str, Any], *layers: dict[str, tuple[tuple[int, ...], int, int]]) -> ModelFacts:
    tensors = {name: tensor for layer in layers for name, tensor in layer.items()}
    return facts_of(read_header(write(gguf(values, tensors, data=1 << 16))))


def _own(architecture: str, **values: Any) -> dict[str, Any]:
    named = {f"{architecture}.{key.replace('__', '.')}": value for key, value in values.items()}
    return {"general.architecture": architecture} | named


def test_keys_and_values_have_the_width_of_their_tensors(model_file: Write) -> None:
    """Architectures differ in what their entries mean; where values come from the keys, they are as wide."""
    facts = _facts(
        model_file,
        _own("gemma4", block_count=3, embedding_length=64, attention__head_count=4, attention__head_count_kv=2),
        _layer(0, attn_q=(64, 64), attn_k=(64, 24), attn_v=(64, 8)),
        _layer(1, attn_q=(64, 64), attn_k=(64, 40)),
    )
    assert (facts.key_sizes, facts.value_sizes) == ((24, 40, 32), (8, 40, 32))


def test_layers_that_share_a_cache_keep_nothing_of_their_own(model_file: Write) -> None:
    """Neither do those that only guess ahead."""
    layers = [_layer(number, attn_k=(64, 32), attn_v=(64, 32)) for number in range(4)]
    shape = {"block_count": 4, "embedding_length": 64, "attention__head_count": 2}
    shared = _facts(model_file, _own("gemma4", **shape, attention__shared_kv_layers=3), *layers)
    assert shared.key_sizes == (32, 0, 0, 0)
    ahead = _facts(model_file, _own("glm4moe", **shape, nextn_predict_layers=1), *layers)
    assert ahead.value_sizes == (32, 32, 32, 0)


def test_compressed_attention_keeps_one_vector_for_keys_and_values(model_file: Write) -> None:
    """DeepSeek's; a file that was made before llama.cpp could keeps them for every head."""
    shape = {"block_count": 1, "embedding_length": 64, "attention__head_count": 8, "attention__kv_lora_rank": 16}
    layer = _layer(0, attn_q=(64, 64), attn_kv_a_mqa=(64, 24), attn_kv_b=(16, 64))
    new = {"attention__head_count_kv": 1, "attention__key_length": 24, "attention__value_length": 16}
    lengths = {"attention__key_length_mla": 12, "attention__value_length_mla": 8}
    facts = _facts(model_file, _own("deepseek2", **shape, **new, **lengths), layer)
    assert (facts.key_sizes, facts.value_sizes) == ((24,), (0,))
    old = {"attention__head_count_kv": 8, "attention__key_length": 12, "attention__value_length": 8}
    facts = _facts(model_file, _own("deepseek2", **shape, **old), layer)
    assert (facts.key_sizes, facts.value_sizes) == ((96,), (64,))


def test_a_recurrent_model_keeps_a_state_and_no_cache(model_file: Write) -> None:
    """Mamba and RWKV: of one sequence as much at any length."""
    mamba = _own(
        "mamba2", block_count=2, embedding_length=64, ssm__conv_kernel=4, ssm__inner_size=128, ssm__state_size=16,
        ssm__group_count=2,
    )  # fmt: skip
    facts = _facts(model_file, mamba, *(_layer(number, ssm_in=(64, 128), ssm_out=(128, 64)) for number in (0, 1)))
    assert (facts.cache_numbers, facts.is_recurrent) == (0, True)
    assert facts.state_sizes == (3 * (128 + 2 * 2 * 16) + 16 * 128,) * 2
    rwkv = _own("rwkv7", block_count=1, embedding_length=64, wkv__head_size=32)
    facts = _facts(model_file, rwkv, _layer(0, time_mix_key=(64, 64), channel_mix_key=(64, 64)))
    assert (facts.cache_numbers, facts.state_numbers) == (0, 2 * 64 + 64 * 32)


def test_in_a_hybrid_model_each_layer_keeps_what_it_needs(model_file: Write) -> None:
    """Layers that attend, layers that recur, layers that do both, and layers that do neither."""
    values = _own(
        "nemotron_h", block_count=4, embedding_length=64, attention__head_count=4, ssm__conv_kernel=4,
        ssm__inner_size=32, ssm__state_size=8, ssm__group_count=1,
    )  # fmt: skip
    facts = _facts(
        model_file,
        values,
        _layer(0, attn_norm=(64,), ssm_in=(64, 32), attn_qkv=(64, 96)),
        _layer(1, attn_norm=(64,), attn_k=(64, 16), attn_v=(64, 16)),
        _layer(2, attn_norm=(64,), attn_k=(64, 16), attn_v=(64, 16), ssm_in=(64, 32)),
        _layer(3, attn_norm=(64,), ffn_up=(64, 64)),
    )
    state = 3 * (32 + 2 * 8) + 8 * 32
    assert facts.key_sizes == (0, 16, 16, 0)
    assert facts.state_sizes == (state, 0, state, 0)


@pytest.mark.parametrize(
    ("architecture", "said", "window", "windowed"),
    [
        ("gemma2", {}, 4096, "101010"),
        ("gemma3", {"sliding_window": 512}, 512, "111110"),
        ("gemma3", {"sliding_window": 512, "sliding_window_pattern": 3}, 512, "110110"),
        (
            "gemma4",
            {"sliding_window": 9, "sliding_window_pattern": [True, False, True, True, False, True]},
            9,
            "101101",
        ),
        ("smallthinker", {"sliding_window": 1024}, 4096, "011101"),
        ("lfm2", {"sliding_window": 64}, 64, "111111"),
        ("llama4", {}, 8192, "111011"),
        ("llama4", {"sliding_window": 0}, 0, "000000"),
        ("llama", {"sliding_window": 4096}, 0, "000000"),
        ("qwen3", {}, 0, "000000"),
    ],
)
def test_layers_with_a_window_are_those_that_llama_cpp_gives_one(
    model_file: Write, architecture: str, said: dict[str, Any], window: int, windowed: str
) -> None:
    """By the file's pattern, else by the architecture's; Mistral's windows are in the file and not used."""
    entries = {f"attention__{key}": value for key, value in said.items()}
    facts = _facts(model_file, _own(architecture, block_count=6, embedding_length=64, **entries))
    assert (facts.window, "".join("01"[each] for each in facts.windowed)) == (window, windowed)


def test_experts_are_counted_with_all_their_weights(model_file: Write) -> None:
    """All of them have to be in memory, however few a token goes through."""
    values = _own("qwen3moe", block_count=1, embedding_length=64, expert_count=8, expert_used_count=2)
    facts = _facts(model_file, values, _layer(0, ffn_gate_exps=(64, 4, 8)))
    assert (facts.experts, facts.experts_used, facts.parameters) == (8, 2, 64 * 4 * 8)


def test_the_parts_of_a_split_model_are_counted_together(tmp_path: Path) -> None:
    """The first may have no tensors at all."""
    headers = []
    for number, layers in enumerate(({}, _layer(0, attn_k=(64, 16)), _layer(1, attn_k=(64, 24)))):
        path = tmp_path / f"{number}.gguf"
        path.write_bytes(gguf(LLAMA | {"split.no": number, "split.count": 3}, layers, data=8192))
        headers.append(read_header(path))
    facts = facts_of(*headers)
    assert (facts.parameters, facts.weights_size) == (64 * 40, 64 * 40 * 4)
    assert facts.key_sizes == (16, 24)


def test_a_number_of_layers_costs_nothing_by_itself(model_file: Write) -> None:
    """A header can claim billions."""
    facts = _facts(model_file, _own("llama", block_count=2**32 - 1, embedding_length=64))
    assert len(facts.key_sizes) <= 512


ALLOCATING = """
import sys
import llama_cpp as low
path, context, lanes, batch = sys.argv[1], *map(int, sys.argv[2:])
low.llama_backend_init()
model = low.llama_model_load_from_file(path.encode(), low.llama_model_default_params())
asked = low.llama_context_default_params()
asked.n_ctx, asked.n_seq_max, asked.n_batch, asked.n_ubatch = context, lanes, batch, batch
asked.kv_unified, asked.swa_full = True, False
assert low.llama_init_from_model(model, asked)
"""
"""Loads a model with the library itself, which logs what it allocates."""

CONTEXT, LANES, BATCH = 32768, 2, 128
COMMON = {"token_embd": (64, 64), "output_norm": (64,)}
NORMS = {"context_length": 4096, "embedding_length": 64, "attention__layer_norm_rms_epsilon": 1e-5}


def _attending(layer: int, keys: int, **more: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "attn_norm": (64,), "attn_q": (64, 128), "attn_k": (64, keys), "attn_v": (64, keys), "attn_output": (128, 64),
        "ffn_norm": (64,), "ffn_gate": (64, 128), "ffn_up": (64, 128), "ffn_down": (128, 64),
    }  # fmt: skip
    return {f"blk.{layer}.{name}": shape for name, shape in (shapes | more).items()}


def _gemma(architecture: str, layers: int, **more: tuple[int, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    values = _own(
        architecture, **NORMS, block_count=layers, feed_forward_length=128, attention__head_count=4,
        attention__head_count_kv=2, attention__key_length=32, attention__value_length=32,
        attention__sliding_window=128, rope__dimension_count=32,
    )  # fmt: skip
    norms: dict[str, tuple[int, ...]] = {"post_attention_norm": (64,), "post_ffw_norm": (64,)}
    shapes = [_attending(layer, 64, **norms, **more) for layer in range(layers)]
    return values, {name: shape for layer in shapes for name, shape in layer.items()}


def _deepseek() -> tuple[dict[str, Any], dict[str, Any]]:
    values = _own(
        "deepseek2", **NORMS, block_count=1, feed_forward_length=128, leading_dense_block_count=1,
        expert_count=0, expert_used_count=0, expert_shared_count=0, expert_feed_forward_length=32,
        expert_weights_scale=1.0, attention__head_count=4, attention__head_count_kv=1, attention__kv_lora_rank=32,
        attention__q_lora_rank=0, attention__key_length=40, attention__value_length=32, attention__key_length_mla=24,
        attention__value_length_mla=16, rope__dimension_count=8,
    )  # fmt: skip
    shapes = _attending(
        0, 0, attn_q=(64, 96), attn_kv_a_mqa=(64, 40), attn_kv_a_norm=(32,), attn_k_b=(16, 32, 4),
        attn_v_b=(32, 16, 4), attn_output=(64, 64),
    )  # fmt: skip
    return values, {name: shape for name, shape in shapes.items() if 0 not in shape} | {"output": (64, 64)}


def _mamba() -> tuple[dict[str, Any], dict[str, Any]]:
    values = _own(
        "mamba", **NORMS, block_count=1, feed_forward_length=0, attention__head_count=0, ssm__conv_kernel=4,
        ssm__inner_size=128, ssm__state_size=1024, ssm__time_step_rank=4,
    )  # fmt: skip
    shapes = {
        "attn_norm": (64,), "ssm_in": (64, 256), "ssm_conv1d": (4, 128), "ssm_conv1d.bias": (128,),
        "ssm_x": (128, 2052), "ssm_dt": (4, 128), "ssm_dt.bias": (128,), "ssm_a": (1024, 128), "ssm_d": (128,),
        "ssm_out": (128, 64),
    }  # fmt: skip
    return values, {f"blk.0.{name}": shape for name, shape in shapes.items()} | {"output": (64, 64)}


@pytest.mark.parametrize(
    "made",
    [_gemma("gemma2", 4), _gemma("gemma3", 7, attn_q_norm=(32,), attn_k_norm=(32,)), _deepseek(), _mamba()],
    ids=["gemma2", "gemma3", "deepseek2", "mamba"],
)
def test_layers_keep_what_llama_cpp_allocates_for_them(
    made: tuple[dict[str, Any], dict[str, Any]], model_file: Write
) -> None:
    """Windows, compressed attention and states, asked of the library that is installed."""
    values, shapes = made
    architecture = values["general.architecture"]
    tensors, size = {}, 0
    for name, shape in (COMMON | shapes).items():
        bare = name.endswith((".bias", "ssm_a", "ssm_d"))
        tensors[name if bare else f"{name}.weight"] = (shape, 0, size)
        count = 4
        for side in shape:
            count *= side
        size += -(-count // 32) * 32
    entries = {"tokenizer.ggml.model": "no_vocab", f"{architecture}.vocab_size": 64}
    path = model_file(gguf(values | entries, tensors, data=size))
    facts = facts_of(read_header(path))

    command = [sys.executable, "-c", ALLOCATING, str(path), str(CONTEXT), str(LANES), str(BATCH)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    log = ran.stderr
    assert ran.returncode == 0, log
    kept = re.findall(r"^(llama_kv_cache|llama_memory_recurrent): size = +([\d.]+) MiB", log, re.MULTILINE)
    assert kept, log

    seen = min(CONTEXT, -(-(facts.window * LANES + BATCH) // 256) * 256)
    layers = zip(facts.key_sizes, facts.value_sizes, facts.windowed, strict=True)
    cache = sum((key + value) * 2 * (seen if short else CONTEXT) for key, value, short in layers)
    state = 4 * LANES * facts.state_numbers
    for name, expected in (("llama_kv_cache", cache), ("llama_memory_recurrent", state)):
        allocated = sum(float(size) for kind, size in kept if kind == name)
        assert allocated == pytest.approx(expected / 2**20, abs=0.02), log
