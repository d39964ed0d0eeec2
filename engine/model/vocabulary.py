"""The vocabulary of a model without its weights: what counting in its tokens takes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.constraint.closing import Closer
from engine.model.bundled import bundled_model
from engine.model.llama import Weights, start_backend

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def load_vocabulary(path: Path | None = None) -> Iterator[Closer]:
    """Give the vocabulary of a GGUF file, of the bundled model by default: about a second, in this process.

    Raises `ModelFileInvalid` where the file is missing or no GGUF.
    """
    start_backend()
    weights = Weights(path or bundled_model(), vocabulary_only=True)
    try:
        yield Closer(weights.mask_tokenizer(), weights.end_tokens)
    finally:
        weights.close()
