"""Headers of model files: what they tell, and that no bytes do any harm."""

from __future__ import annotations

import ctypes
import os
import random
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import ModelFileInvalid
from engine.gguf import TENSOR_TYPES, facts_of, read_header
from engine.model.bundled import bundled_model
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf, text

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_names_are_lines_that_a_list_can_show(model_file: Write) -> None:
    """A header can hold megabytes of name, with signs that command a terminal."""
    raw = gguf(
        LLAMA | {"general.name": " \x1b[2JRed\n\tvine\x00 " + "x" * 1_000_000, "general.license": "\x07"},
        TENSORS,
        data=5120,
    )
    facts = facts_of(read_header(model_file(raw)))
    assert facts.name.startswith("[2JRed vine xxx")
    assert (len(facts.name), facts.licence) == (200, None)


def test_heads_may_differ_from_layer_to_layer(model_file: Write) -> None:
    """Some models have layers that keep more, fewer or no keys and values."""
    raw = gguf(LLAMA | {"llama.attention.head_count_kv": [4, 0]}, TENSORS, data=5120)
    assert facts_of(read_header(model_file(raw))).key_sizes == (64, 0)


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
        (gguf(LLAMA, {"t": ((1 << 12, 1 << 12, 1 << 12, 1 << 4), 0, 0)}), r"bytes of 4\.40 TB"),
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
