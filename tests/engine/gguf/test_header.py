"""Headers of model files: what they tell, and that no bytes do any harm."""

from __future__ import annotations

import ctypes
import os
import random
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.errors import ModelFileInvalid
from engine.gguf import TENSOR_TYPES, facts_of, read_header
from engine.model.bundled import bundled_model
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.gguf import ModelFacts

    Write = Callable[..., Path]


@pytest.fixture
def model_file(tmp_path: Path) -> Write:
    """Write a file and return its path; by default a whole small one."""

    def write(raw: bytes | None = None) -> Path:
        path = tmp_path / "model.gguf"
        path.write_bytes(gguf(LLAMA, TENSORS, data=768 + 4352) if raw is None else raw)
        return path

    return write


def test_the_facts_of_a_file_are_told_without_loading_it(model_file: Write) -> None:
    """Name, size, context, cache, licence: what a person chooses a model by."""
    facts = facts_of(read_header(model_file()))
    assert (facts.name, facts.architecture, facts.quantization, facts.licence) == (
        "Espalier Test", "llama", "F32", "apache-2.0",
    )  # fmt: skip
    assert (facts.parameters, facts.weights_size, facts.vocabulary) == (64 * 3 + 64 * 64, 768 + 4352, 3)
    assert facts.key_sizes == facts.value_sizes == (32, 32)
    assert (facts.context, facts.template, facts.parts) == (2048, "{{ messages }}", 1)


def test_the_bundled_model_is_what_it_is() -> None:
    """The figures that its makers give."""
    facts = facts_of(read_header(bundled_model()))
    assert (facts.parameters, facts.quantization, facts.context) == (134_515_008, "Q4_1", 8192)
    assert (facts.layers, facts.cache_numbers) == (30, 30 * 2 * 192)


def test_heads_may_differ_from_layer_to_layer(model_file: Write) -> None:
    """Some models have layers that keep more, fewer or no keys and values."""
    raw = gguf(LLAMA | {"llama.attention.head_count_kv": [4, 0]}, TENSORS, data=5120)
    assert facts_of(read_header(model_file(raw))).key_sizes == (64, 0)


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


def test_a_part_of_a_split_file_says_which(model_file: Write) -> None:
    """The other parts have to be found beside it."""
    facts = facts_of(read_header(model_file(gguf(LLAMA | {"split.no": 1, "split.count": 3}))))
    assert (facts.part, facts.parts) == (1, 3)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "cut short"),
        (b"GGU", "cut short"),
        (b"PK\x03\x04 an archive", "no GGUF model"),
        (b"GGUF" + struct.pack("<I", 1), "version 1"),
        (b"GGUF" + struct.pack(">I", 3), "other byte order"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60), "entries"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), "tensors"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**50), "length of a key"),
        (gguf(LLAMA, TENSORS, data=5000), "cut short: it has"),
        (gguf(LLAMA, TENSORS, data=5120)[:400], "cut short"),
        (gguf(LLAMA, {"odd": ((33,), 8, 0)}, data=999), "impossible shape: 33"),
        (gguf(LLAMA, {"vast": ((2**62, 2**62), 0, 0)}, data=999), "impossible shape"),
        (gguf(LLAMA, {"new": ((32,), 999, 0)}, data=999), r"type \(999\) that is not known"),
        (gguf(LLAMA | {"general.alignment": 0}, TENSORS, data=5120), "multiple of eight"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + (text("k") + struct.pack("<II", 4, 1)) * 2, "twice"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<IIQ", 9, 8, 2**50), "more than the file"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<IIQ", 9, 9, 1), "list 'k' is of a type"),
    ],
)
def test_a_broken_file_says_what_is_wrong_with_it(model_file: Write, raw: bytes, says: str) -> None:
    """The sentence names the entry, the tensor or the byte, and what to do."""
    with pytest.raises(ModelFileInvalid, match=says) as caught:
        read_header(model_file(raw))
    assert "model.gguf" in str(caught.value.where)
    assert caught.value.advice


def test_a_missing_file_is_an_error_with_its_path(tmp_path: Path) -> None:
    """As is a folder."""
    for path in (tmp_path / "gone.gguf", tmp_path):
        with pytest.raises(ModelFileInvalid, match="cannot be opened"):
            read_header(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_or_a_device_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    """Whoever opens a pipe waits for a writer that may never come."""
    os.mkfifo(tmp_path / "pipe.gguf")
    for path in (tmp_path / "pipe.gguf", Path("/dev/zero")):
        with pytest.raises(ModelFileInvalid, match="no file but a pipe"):
            read_header(path)


def test_no_mutation_of_a_header_does_more_than_to_be_refused(model_file: Write) -> None:
    """10,000 files with bytes changed, cut, doubled or dropped: facts, or a refusal; nothing else."""
    draw = random.Random(7)
    whole = gguf(LLAMA, TENSORS, data=5120)
    path = model_file(whole)
    refused = 0
    for _ in range(10_000):
        raw = bytearray(whole)
        for _ in range(draw.choice((1, 1, 2, 5))):
            at = draw.randrange(len(raw) - 5120)
            kind = draw.randrange(4)
            if kind == 0:
                raw[at] = draw.randrange(256)
            elif kind == 1:
                raw[at : at + 8] = struct.pack("<Q", draw.choice((0, 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)))
            elif kind == 2:
                del raw[at : at + draw.randrange(1, 9)]
            else:
                raw[at:at] = raw[at : at + draw.randrange(1, 33)]
        path.write_bytes(raw)
        try:
            facts_of(read_header(path))
        except ModelFileInvalid:
            refused += 1
    assert 0 < refused < 10_000


def test_the_types_of_tensors_are_those_of_the_library() -> None:
    """Block sizes and bytes as ggml itself has them."""
    import llama_cpp.llama_cpp as low

    library = low._lib
    try:
        sizes, elements, name = library.ggml_type_size, library.ggml_blck_size, library.ggml_type_name
    except AttributeError:
        pytest.fail("the library does not tell its types")
    sizes.restype, elements.restype, name.restype = ctypes.c_size_t, ctypes.c_int64, ctypes.c_char_p
    for number, kind in TENSOR_TYPES.items():
        assert (name(number).decode().upper(), elements(number), sizes(number)) == (
            kind.name.upper(), kind.elements, kind.size,
        )  # fmt: skip
