"""What models are called."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.library import ModelFile
    from engine.model.protocol import ModelInfo

QUANTIZED: Final = re.compile(
    r"(?<=.)[-._](?:UD-)?(?:I?Q[0-9][A-Z0-9_]*|TQ[0-9]_0|MXFP4\w*|B?F(?:16|32))$", re.IGNORECASE
)
"""How the name of a file ends that says how its weights are quantized."""

_PART: Final = re.compile(r"-\d{5}-of-\d{5}$")
_NAMELESS: Final = {"model", "ggml-model", "consolidated", "pytorch_model"}


def name_of(file: ModelFile) -> str:
    """Return what a model is called: by its file, as its maker named it, but for the quantization.

    Headers are worse: converters write the name of a checkpoint, or "model". Only a file that is called so itself goes
    by its header.
    """
    return _named(file.name.rpartition("/")[2], file.facts.name if file.facts is not None else None)


def name_of_loaded(info: ModelInfo) -> str:
    """Return what a loaded model is called: as it is on the list; as its server calls it where it has no file here."""
    return _named(_PART.sub("", PurePath(info.path).stem), info.name) if info.path else info.name


def _named(file: str, header: str | None) -> str:
    name = QUANTIZED.sub("", file) or file
    return header if name.lower() in _NAMELESS and header is not None else name
