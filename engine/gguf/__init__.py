"""Model files in the GGUF format: what their headers say, read without loading them and without trusting them.

Reference: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from engine.gguf.facts import ModelFacts, facts_of
from engine.gguf.header import Header, Tensor, read_header
from engine.gguf.types import TENSOR_TYPES, TensorType

__all__ = ["TENSOR_TYPES", "Header", "ModelFacts", "Tensor", "TensorType", "facts_of", "read_header"]
