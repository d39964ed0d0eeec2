"""What a model is, as its header tells it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.gguf.types import FILE_TYPES, TENSOR_TYPES

if TYPE_CHECKING:
    from engine.gguf.header import Header

_TEMPLATE = "tokenizer.chat_template"
_TOKENS = "tokenizer.ggml.tokens"


@dataclass(frozen=True)
class ModelFacts:
    """A model file's facts; None where the header does not tell.

    `context` is what the model was trained for, in tokens. `key_sizes` and `value_sizes` are, for each layer that
    attends, the numbers that one token leaves in the cache. `window` is the sliding window of those layers that have
    one, 0 where none does. `heads` ask in each layer, `feed_forward` numbers lie between its two steps, for all experts
    that take part. `part` and `parts` tell which of how many files this is.
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
    window: int
    experts: int
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


def facts_of(header: Header) -> ModelFacts:
    """Return what a header tells of its model."""
    reader = _Facts(header)
    keys, values = reader.cache_sizes()
    return ModelFacts(
        name=reader.text("general.name") or header.path.stem,
        architecture=reader.architecture,
        parameters=sum(tensor.elements for tensor in header.tensors),
        quantization=reader.quantization(),
        weights_size=sum(tensor.size for tensor in header.tensors),
        context=reader.own("context_length"),
        layers=reader.own("block_count"),
        embedding=reader.own("embedding_length"),
        vocabulary=header.items[_TOKENS].count if _TOKENS in header.items else reader.own("vocab_size"),
        key_sizes=keys,
        value_sizes=values,
        window=reader.own("attention.sliding_window") or 0,
        experts=reader.own("expert_count") or 0,
        tokenizer=reader.text("tokenizer.ggml.model"),
        template=reader.text(_TEMPLATE),
        licence=reader.text("general.license"),
        is_adapter=reader.text("general.type") == "adapter",
        part=reader.whole("split.no") or 0,
        parts=max(reader.whole("split.count") or 1, 1),
        heads=reader.most("attention.head_count"),
        feed_forward=reader.feed_forward(),
    )


class _Facts:
    def __init__(self, header: Header) -> None:
        self._header = header
        self.architecture = self.text("general.architecture") or "unknown"

    def text(self, key: str) -> str | None:
        """Return an entry that is a text."""
        value = self._header.values.get(key)
        return value if isinstance(value, str) and value else None

    def whole(self, key: str) -> int | None:
        """Return an entry that is a number of things."""
        value = self._header.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    def own(self, key: str) -> int | None:
        """Return a number that stands under the architecture's name."""
        return self.whole(f"{self.architecture}.{key}")

    def most(self, key: str) -> int | None:
        """Return a number that stands under the architecture's name, the largest where each layer has its own."""
        kept = self._header.items.get(f"{self.architecture}.{key}")
        if kept is None or kept.kept is None:
            return self.own(key)
        return max((count for count in kept.kept if isinstance(count, int) and count > 0), default=None)

    def feed_forward(self) -> int | None:
        """Return the width of the widest feed-forward step."""
        experts = (self.own("expert_used_count") or 0) * (self.own("expert_feed_forward_length") or 0)
        return max(self.most("feed_forward_length") or 0, experts) or None

    def quantization(self) -> str:
        """Return the file's own name for its mixture of types, else the type that most of its bytes have."""
        said = self.whole("general.file_type")
        if said in FILE_TYPES:
            return FILE_TYPES[said]
        sizes: Counter[int] = Counter()
        for tensor in self._header.tensors:
            sizes[tensor.type] += tensor.size
        return TENSOR_TYPES[sizes.most_common(1)[0][0]].name if sizes else "unknown"

    def cache_sizes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return for each layer how many numbers its keys and values of one token are."""
        layers, heads, width = self.own("block_count"), self.own("attention.head_count"), self.own("embedding_length")
        if not layers or not width:
            return (), ()
        kept = self._header.items.get(f"{self.architecture}.attention.head_count_kv")
        if kept is not None and kept.kept is not None and len(kept.kept) >= layers:
            groups = [count if isinstance(count, int) and count > 0 else 0 for count in kept.kept[:layers]]
        else:
            groups = [self.own("attention.head_count_kv") or heads or 1] * min(layers, len(self._header.tensors))
        each = width // heads if heads else width
        key, value = self.own("attention.key_length") or each, self.own("attention.value_length") or each
        return tuple(key * count for count in groups), tuple(value * count for count in groups)
