"""What each layer of a model keeps of what it has read: keys and values of every token, or a state of fixed size.

The shapes of the tensors decide where they tell, since architectures differ in what their entries mean; what they do
not tell (patterns of windows, layers that share a cache) follows llama.cpp, which is what allocates the memory:
`src/llama-hparams.cpp`, `src/llama-kv-cache.cpp` and `src/models/` in https://github.com/ggml-org/llama.cpp.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.gguf.header import Tensor
    from engine.gguf.reading import Entries

_BLOCK = "blk."
_KEYS, _VALUES, _LATENT = "attn_k", "attn_v", "attn_kv_a_mqa"
_RECURRENT = ("ssm_", "time_mix_", "shortconv")

_MOST_LAYERS = 512
"""As in llama.cpp; a number in a header must not cost more."""

_PERIODS = {
    "afmoe": (4, "last"),
    "cohere2": (4, "last"),
    "cohere2moe": (4, "first"),
    "exaone-moe": (4, "last"),
    "exaone4": (4, "last"),
    "gemma-embedding": (6, "last"),
    "gemma2": (2, "last"),
    "gemma3": (6, "last"),
    "gemma3n": (5, "last"),
    "gpt-oss": (2, "last"),
    "laguna": (4, "first"),
    "llama4": (4, "last"),
    "mellum": (4, "last"),
    "modern-bert": (3, "first"),
    "olmo2": (4, "last"),
    "plamo3": (8, "last"),
    "smallthinker": (4, "first"),
}
"""Of so many layers in a row one sees everything, the last or the first; where the file does not say it otherwise."""
_WINDOWS = {"gemma2": 4096, "llama4": 8192}
"""Where the file does not tell the window."""
_ALWAYS = {"llama4": 8192, "smallthinker": 4096}
"""Where llama.cpp takes a window of its own, whatever the file says, unless it says that there is none."""
_OWN_CACHES = {"gemma3n": 20}
"""How many layers have a cache of their own, where the file does not tell; the others share it."""


@dataclass(frozen=True)
class Layers:
    """What the layers keep, in order. Sizes are numbers, not bytes.

    `keys` and `values` are what one token leaves in each layer's cache, 0 where nothing; `windowed` says which layers
    see only the last `window` tokens; `state` is what one sequence keeps in each layer however long it gets.
    """

    keys: tuple[int, ...] = ()
    values: tuple[int, ...] = ()
    windowed: tuple[bool, ...] = ()
    window: int = 0
    state: tuple[int, ...] = ()


def layers_of(entries: Entries, tensors: Iterable[Tensor]) -> Layers:
    """Return what the layers of a model keep, as its entries and the shapes of its tensors tell."""
    shapes = _shapes(tensors)
    blocks = entries.own("block_count")
    if not blocks or not entries.own("embedding_length"):
        return Layers()
    count = min(blocks, _MOST_LAYERS)
    groups = entries.own_items("attention.head_count_kv", count)
    owning = _owning(entries, count)
    pairs = [
        _pair(entries, shapes.get(layer, {}), None if groups is None else groups[layer]) if layer < owning else (0, 0)
        for layer in range(count)
    ]
    state = _state(entries)
    recurrent = [_is_recurrent(shapes.get(layer, {})) for layer in range(count)]
    window, windowed = _windows(entries, recurrent)
    return Layers(
        keys=tuple(key for key, _ in pairs),
        values=tuple(value for _, value in pairs),
        windowed=windowed,
        window=window,
        state=tuple(state if layer else 0 for layer in recurrent),
    )


def _shapes(tensors: Iterable[Tensor]) -> Mapping[int, dict[str, tuple[int, ...]]]:
    """Return the shapes of each layer's weights by what they are called there."""
    found: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for tensor in tensors:
        if tensor.name.startswith(_BLOCK):
            number, _, name = tensor.name[len(_BLOCK) :].partition(".")
            if number.isascii() and number.isdigit() and len(number) < 7:
                found[int(number)][name.removesuffix(".weight")] = tensor.shape
    return found


def _owning(entries: Entries, count: int) -> int:
    """Return how many layers from the first on have a cache: later ones use theirs, or only guess ahead."""
    shared = entries.own("attention.shared_kv_layers") or entries.own("nextn_predict_layers") or 0
    own = _OWN_CACHES.get(entries.architecture, count) if not shared else count - shared
    return max(own, 0)


def _pair(entries: Entries, shapes: Mapping[str, tuple[int, ...]], groups: int | None) -> tuple[int, int]:
    """Return how many numbers keys and values of one token are in a layer.

    Without tensors, as in a header alone, it is what the entries say. A file whose attention is compressed
    (DeepSeek V2 and V3) keeps one vector for both, unless it was made before llama.cpp could.
    """
    if groups == 0 or (_is_recurrent(shapes) and _KEYS not in shapes):
        return 0, 0
    if shapes and not any(name.startswith("attn_") and not name.endswith("norm") for name in shapes):
        return 0, 0
    heads = entries.own_most("attention.head_count")
    width = entries.own("embedding_length") or 0
    each = width // heads if heads else width
    kept = groups or entries.own("attention.head_count_kv") or heads or 1
    key = (entries.own("attention.key_length") or each) * kept
    value = (entries.own("attention.value_length") or each) * kept
    if entries.own("attention.key_length_mla") and entries.own("attention.value_length_mla"):
        return _rows(shapes, _LATENT) or key, 0
    if _LATENT in shapes:
        return key, value
    of_keys = _rows(shapes, _KEYS)
    return of_keys or key, _rows(shapes, _VALUES) or of_keys or value


def _rows(shapes: Mapping[str, tuple[int, ...]], name: str) -> int:
    shape = shapes.get(name, ())
    return shape[1] if len(shape) == 2 else 0


def _is_recurrent(shapes: Mapping[str, tuple[int, ...]]) -> bool:
    return any(name.startswith(_RECURRENT) for name in shapes)


def _state(entries: Entries) -> int:
    """Return how many numbers (of four bytes) a recurrent layer keeps of each sequence."""
    width = entries.own("embedding_length") or 0
    if head := entries.own("wkv.head_size"):
        return (entries.own("token_shift_count") or 2) * width + width * head
    if short := entries.own("shortconv.l_cache"):
        return width * (short - 1)
    steps = max((entries.own("ssm.conv_kernel") or 0) - 1, 0)
    if head := entries.own("kda.head_dim"):
        heads = entries.own_most("attention.head_count") or 1
        return 3 * (steps or 3) * heads * head + heads * head * head
    inner, size = entries.own("ssm.inner_size") or 0, entries.own("ssm.state_size") or 0
    return steps * (inner + 2 * (entries.own("ssm.group_count") or 0) * size) + size * inner


def _windows(entries: Entries, recurrent: list[bool]) -> tuple[int, tuple[bool, ...]]:
    """Return the window and which layers have it; a window that no layer is known to have is none.

    That is so in llama.cpp, too: it leaves the windows of Mistral's, Phi's and Qwen's files aside.
    """
    none = 0, (False,) * len(recurrent)
    architecture = entries.architecture
    said = entries.own("attention.sliding_window")
    window = _WINDOWS.get(architecture, 0) if said is None else said
    if not window:
        return none
    window = _ALWAYS.get(architecture, window)
    if architecture.startswith("lfm2"):
        return window, tuple(not layer for layer in recurrent)
    each = entries.own_items("attention.sliding_window_pattern", len(recurrent))
    if each is not None:
        return window, tuple(bool(layer) for layer in each)
    if architecture not in _PERIODS:
        return none
    period, full = _PERIODS[architecture]
    written = entries.own("attention.sliding_window_pattern")
    period = period if written is None else written
    if not period:
        return window, (True,) * len(recurrent)
    at = period - 1 if full == "last" else 0
    return window, tuple(layer % period != at for layer in range(len(recurrent)))
