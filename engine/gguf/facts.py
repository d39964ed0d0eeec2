"""What a model is, as its header tells it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from engine.gguf.layers import layers_of
from engine.gguf.reading import Entries
from engine.gguf.types import FILE_TYPES, TENSOR_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.gguf.header import Header, Tensor

_TEMPLATE = "tokenizer.chat_template"
_TOKENS = "tokenizer.ggml.tokens"


@dataclass(frozen=True)
class ModelFacts:
    """A model's facts, of all parts where it is split; None where the header does not tell.

    `context` is what the model was trained for, in tokens. The next five have an item for each layer:
    `key_sizes` and `value_sizes` are the numbers that one token leaves in its cache, 0 in layers without one;
    `windowed` says which layers see only the last `window` tokens (0 where none does); `state_sizes` are the numbers,
    of four bytes, that one sequence keeps in a recurrent layer, however long it gets.

    `experts` are how many there are in each layer and `experts_used` how many of them a token goes through, 0 where
    the model is not divided. `heads` ask in each layer, the most where layers differ, and `feed_forward` numbers lie
    between its two steps, for all experts that take part. `part` and `parts` tell which of how many files it is.
    """

    name: str
    architecture: str
    parameters: int
    quantization: str
    weights_size: int
    context: int | None
    layers: int | None
    embedding: int | None
    vocabulary: int | None
    key_sizes: tuple[int, ...]
    value_sizes: tuple[int, ...]
    windowed: tuple[bool, ...]
    window: int
    state_sizes: tuple[int, ...]
    experts: int
    experts_used: int
    tokenizer: str | None
    template: str | None
    licence: str | None
    is_adapter: bool
    part: int
    parts: int
    heads: int | None = None
    feed_forward: int | None = None

    @property
    def cache_numbers(self) -> int:
        """Numbers that one token leaves in the cache, over all layers."""
        return sum(self.key_sizes) + sum(self.value_sizes)

    @property
    def state_numbers(self) -> int:
        """Numbers, of four bytes, that one sequence keeps however long it is, over all layers."""
        return sum(self.state_sizes)

    @property
    def is_recurrent(self) -> bool:
        """Whether some layer keeps a state, of which the end cannot be taken back as it can of a cache."""
        return any(self.state_sizes)


def facts_of(header: Header, *others: Header) -> ModelFacts:
    """Return what the header of a model tells; `others` are those of its further parts, which have tensors only."""
    entries = Entries(header)
    tensors = tuple(chain(header.tensors, *(other.tensors for other in others)))
    layers = layers_of(entries, tensors)
    return ModelFacts(
        name=entries.line("general.name") or header.path.stem,
        architecture=entries.architecture,
        parameters=sum(tensor.elements for tensor in tensors),
        quantization=_quantization(entries, tensors),
        weights_size=sum(tensor.size for tensor in tensors),
        context=entries.own("context_length"),
        layers=entries.own("block_count"),
        embedding=entries.own("embedding_length"),
        vocabulary=entries.length(_TOKENS) if entries.length(_TOKENS) is not None else entries.own("vocab_size"),
        key_sizes=layers.keys,
        value_sizes=layers.values,
        windowed=layers.windowed,
        window=layers.window,
        state_sizes=layers.state,
        experts=entries.own("expert_count") or 0,
        experts_used=entries.own("expert_used_count") or 0,
        tokenizer=entries.line("tokenizer.ggml.model"),
        template=entries.text(_TEMPLATE),
        licence=entries.line("general.license"),
        is_adapter=entries.text("general.type") == "adapter",
        part=entries.whole("split.no") or 0,
        parts=max(entries.whole("split.count") or 1, 1),
        heads=entries.own_most("attention.head_count"),
        feed_forward=_feed_forward(entries),
    )


def _feed_forward(entries: Entries) -> int | None:
    experts = (entries.own("expert_used_count") or 0) * (entries.own("expert_feed_forward_length") or 0)
    return max(entries.own_most("feed_forward_length") or 0, experts) or None


def _quantization(entries: Entries, tensors: Sequence[Tensor]) -> str:
    """Return the file's own name for its mixture of types, else the type that most of its bytes have."""
    said = entries.whole("general.file_type")
    if said in FILE_TYPES:
        return FILE_TYPES[said]
    sizes: Counter[int] = Counter()
    for tensor in tensors:
        sizes[tensor.type] += tensor.size
    return TENSOR_TYPES[sizes.most_common(1)[0][0]].name if sizes else "unknown"
