"""Model files written by the tests themselves."""

from __future__ import annotations

import struct
from typing import Any

_STRING, _ARRAY = 8, 9
_NUMBER_OF = {bool: (7, "<?"), int: (4, "<I"), float: (6, "<f")}


def text(value: str) -> bytes:
    """Return a string as a header has it."""
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def value(thing: Any) -> bytes:
    """Return an entry's type and value; bytes are both already."""
    if isinstance(thing, bytes):
        return thing
    if isinstance(thing, str):
        return struct.pack("<I", _STRING) + text(thing)
    if isinstance(thing, list):
        kind, _ = (_STRING, "") if not thing or isinstance(thing[0], str) else _NUMBER_OF[type(thing[0])]
        items = b"".join(value(each)[4:] for each in thing)
        return struct.pack("<IIQ", _ARRAY, kind, len(thing)) + items
    kind, form = _NUMBER_OF[type(thing)]
    return struct.pack("<I", kind) + struct.pack(form, thing)


def gguf(
    values: dict[str, Any], tensors: dict[str, tuple[tuple[int, ...], int, int]] | None = None, *, data: int = 0
) -> bytes:
    """Return a file's bytes: `tensors` by name are shape, type and offset; `data` zeros follow the header."""
    tensors = tensors or {}
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values))
    head += b"".join(text(key) + value(each) for key, each in values.items())
    for name, (shape, kind, offset) in tensors.items():
        head += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        head += struct.pack("<IQ", kind, offset)
    return head + bytes(-len(head) % 32) + bytes(data)


LLAMA: dict[str, Any] = {
    "general.architecture": "llama",
    "general.name": "Espalier Test",
    "general.license": "apache-2.0",
    "general.file_type": 0,
    "llama.context_length": 2048,
    "llama.block_count": 2,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": ["a", "b", "<|im_end|>"],
    "tokenizer.chat_template": "{{ messages }}",
}
"""A small model's entries."""
TENSORS = {"token_embd.weight": ((64, 3), 0, 0), "blk.0.attn_q.weight": ((64, 64), 8, 768)}
"""Its tensors: 768 bytes of F32 and 4,352 of Q8_0."""
