"""What models are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.library import ModelFile

QUANTIZED: Final = re.compile(
    r"(?<=.)[-._](?:UD-)?(?:I?Q[0-9][A-Z0-9_]*|TQ[0-9]_0|MXFP4\w*|B?F(?:16|32))$", re.IGNORECASE
)
"""How the name of a file ends that says how its weights are quantized."""

_NAMELESS: Final = {"model", "ggml-model", "consolidated", "pytorch_model"}


def name_of(file: ModelFile) -> str:
    """Return what a model is called: by its file, as its maker named it, but for the quantization.

    Headers are worse: converters write the name of a checkpoint, or "model". Only a file that is called so itself goes
    by its header.
    """
    name = QUANTIZED.sub("", file.name.rpartition("/")[2]) or file.name
    if name.lower() in _NAMELESS and file.facts is not None:
        return file.facts.name
    return name
