"""A model that llama.cpp refuses is told of in a clause, not in lines of its log."""

import pytest

from engine.model.complaint import complaint

_LOADING = "llama_model_load: error loading model: "
_GAVE_UP = "llama_model_load_from_file_impl: failed to load model"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            [f"{_LOADING}error loading model vocabulary: cannot find tokenizer merges in model file", _GAVE_UP],
            "cannot find tokenizer merges in model file",
        ),
        ([f"{_LOADING}unknown model architecture: 'tree'", _GAVE_UP], "unknown model architecture: 'tree'"),
        (
            [f"{_LOADING}error loading model hyperparameters: key not found in model: llama.context_length", _GAVE_UP],
            "key not found in model: llama.context_length",
        ),
        (
            [f"{_LOADING}tensor 'blk.0.attn_q.weight' data is not within the file bounds.", _GAVE_UP],
            "tensor 'blk.0.attn_q.weight' data is not within the file bounds",
        ),
        (
            ["load: control-looking token is not of the type control", f"{_LOADING}wrong number of tensors", _GAVE_UP],
            "wrong number of tensors",
        ),
        (["llama_adapter_lora_init_impl: the shape does not fit", _GAVE_UP], "the shape does not fit"),
        ([_GAVE_UP], "failed to load model"),
        ([], ""),
    ],
)
def test_the_reason_is_the_innermost_clause_of_what_llama_cpp_says(lines: list[str], reason: str) -> None:
    assert complaint(lines) == reason
