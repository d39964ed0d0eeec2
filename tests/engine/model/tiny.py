"""A language model of a few kilobytes, written by the tests: random weights, a vocabulary of bytes."""

from __future__ import annotations

import random
import struct
from array import array
from typing import TYPE_CHECKING, Any

from tests.engine.gguf.writing import gguf

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEADS, GROUPS, STEP, LAYERS = 64, 2, 1, 128, 2
TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ eos_token }}{% endfor %}<assistant>"
_F32 = 0
_U16, _I32, _ARRAY = 2, 5, 9
_NORMAL, _CONTROL, _UNUSED = 1, 3, 5


def write_tiny(
    path: Path, *, extra: int = 0, parts: int = 1, spoilt: str | None = None, unused: bool = False, **values: Any
) -> list[Path]:
    """Write a model and return its files; `extra` tokens make the vocabulary larger, `values` replace entries.

    Where it reads the letter `spoilt`, it computes no numbers. With `unused` no token of it is for texts.
    """
    normal = _UNUSED if unused else _NORMAL
    tokens = [*_bytes(), "<|end|>", *(f"tok{number}" for number in range(extra))]
    end = tokens.index("<|end|>")
    entries: dict[str, Any] = {
        "general.architecture": "llama", "general.name": "Tiny", "general.file_type": 0,
        "llama.context_length": 512, "llama.block_count": LAYERS, "llama.embedding_length": WIDTH,
        "llama.feed_forward_length": STEP, "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": GROUPS, "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH // HEADS, "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "default", "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": _signed([_CONTROL if number == end else normal for number in range(len(tokens))]),
        "tokenizer.ggml.merges": ["a b"], "tokenizer.ggml.bos_token_id": end, "tokenizer.ggml.eos_token_id": end,
        "tokenizer.ggml.add_bos_token": False, "tokenizer.chat_template": TEMPLATE,
    }  # fmt: skip
    shapes = {"token_embd.weight": (WIDTH, len(tokens)), "output_norm.weight": (WIDTH,)}
    if spoilt is not None:
        shapes["output.weight"] = shapes["token_embd.weight"]  # else no numbers would come for that letter either
    groups = WIDTH * GROUPS // HEADS
    for layer in range(LAYERS):
        for name, shape in {
            "attn_norm": (WIDTH,), "attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH, groups), "attn_v": (WIDTH, groups),
            "attn_output": (WIDTH, WIDTH), "ffn_norm": (WIDTH,), "ffn_gate": (WIDTH, STEP), "ffn_up": (WIDTH, STEP),
            "ffn_down": (STEP, WIDTH),
        }.items():  # fmt: skip
            shapes[f"blk.{layer}.{name}.weight"] = shape
    names = list(shapes)
    files = []
    for part in range(parts):
        own = {name: shapes[name] for name in names[part::parts]}
        split = _split(part, parts, len(names)) if parts > 1 else {}
        file = path if parts == 1 else path.with_name(f"{path.stem}-{part + 1:05d}-of-{parts:05d}.gguf")
        row = None if spoilt is None else tokens.index(spoilt)
        file.write_bytes(_file((entries if part == 0 else {}) | split | (values if part == 0 else {}), own, spoilt=row))
        files.append(file)
    return files


def write_adapter(path: Path, *, width: int = WIDTH, architecture: str = "llama") -> Path:
    """Write a LoRA adapter of the tiny model's first layer."""
    entries = {
        "general.architecture": architecture, "general.type": "adapter", "adapter.type": "lora",
        "adapter.lora.alpha": 8.0,
    }  # fmt: skip
    rank = 4
    shapes = {"blk.0.attn_q.weight.lora_a": (width, rank), "blk.0.attn_q.weight.lora_b": (rank, width)}
    path.write_bytes(_file(entries, shapes, spread=1.0))
    return path


def _split(part: int, parts: int, tensors: int) -> dict[str, Any]:
    return {
        "split.no": struct.pack("<IH", _U16, part),
        "split.count": struct.pack("<IH", _U16, parts),
        "split.tensors.count": struct.pack("<Ii", _I32, tensors),
    }


def _signed(numbers: list[int]) -> bytes:
    return struct.pack(f"<IIQ{len(numbers)}i", _ARRAY, _I32, len(numbers), *numbers)


def _file(
    entries: dict[str, Any], shapes: dict[str, tuple[int, ...]], *, spread: float = 0.2, spoilt: int | None = None
) -> bytes:
    tensors, data = {}, bytearray()
    for name, shape in shapes.items():
        draw = random.Random(name)
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        numbers = [1.0] * count if name.endswith("norm.weight") else [draw.gauss(0, spread) for _ in range(count)]
        if spoilt is not None and name == "token_embd.weight":
            numbers[spoilt * WIDTH] = float("nan")
        tensors[name] = (shape, _F32, len(data))
        data += array("f", numbers).tobytes()
        data += bytes(-len(data) % 32)
    return gguf(entries, tensors) + bytes(data)


def _bytes() -> list[str]:
    """Return the 256 bytes as GPT-2 writes them: each as a character that can be seen."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in seen]
    return [chr(byte if byte in seen else 256 + hidden.index(byte)) for byte in range(256)]
