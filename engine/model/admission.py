"""What is refused before llama.cpp sees it: files that are no models, parts that are missing, models that do not fit.

llama.cpp ends its process on much of this, and says little.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InvalidRequest, ModelFileInvalid, ModelTooLarge
from engine.gguf import facts_of, read_header
from engine.library import parts_of, read_model
from engine.model.fit import AS_SHIPPED, estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.gguf import ModelFacts
    from engine.model.fit import Memory
    from engine.model.protocol import Adapter, LoadOptions

RECURRENT = (
    "This model keeps what it has read as a state that cannot be gone back in, as Mamba does; answers here are taken "
    "back where a check fails."
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A model that may be loaded. `parts` are its files, of which the first is named; `size` their bytes."""

    facts: ModelFacts
    parts: tuple[Path, ...]
    size: int

    @property
    def is_split(self) -> bool:
        """Whether it lies in several files."""
        return len(self.parts) > 1


def admit(path: Path, options: LoadOptions) -> Admitted:
    """Read a model's header, those of its parts, of which any may be named, and of its adapters.

    Raises `ModelFileInvalid` where one of them is not what it has to be, `InvalidRequest` where options exclude each
    other.
    """
    file = read_model(*parts_of(path))
    if file.error is not None:
        raise file.error
    if file.kind == "adapter":
        raise ModelFileInvalid(
            "This file is an adapter of a model, and no model by itself.",
            where=str(path),
            advice="Choose the model it was made for, and add the adapter to its settings.",
        )
    if file.kind == "projector":
        raise ModelFileInvalid(
            "This file lets a model see pictures, and is no model by itself.",
            where=str(path),
            advice="Choose the model it belongs to.",
        )
    assert file.facts is not None
    if file.facts.is_recurrent:
        raise ModelFileInvalid(RECURRENT, where=str(path), advice="Choose another model.")
    if options.cache_type != "f16" and options.flash_attention == "off":
        raise InvalidRequest(
            f"A cache of type {options.cache_type} needs flash attention, which is switched off.",
            advice="Set flash attention to auto or on, or the cache to f16.",
        )
    _check_adapters(options.adapters, file.facts)
    return Admitted(file.facts, file.parts, file.size)


def lack_of_memory(admitted: Admitted, options: LoadOptions, memory: Memory) -> ModelTooLarge | None:
    """Return the error of a model that does not fit memory, with the setting that would; None where it fits.

    Where the layout is measured, the weights as shipped are enough: the other one is only tried where there is room.
    """
    least = options.model_copy(update={"layout": AS_SHIPPED}) if options.layout == "measured" else options
    fit = estimate(admitted.facts, admitted.size, least, memory)
    if fit.verdict != "too big":
        return None
    what, _, advice = fit.advice.partition(". " if fit.would_fit else ": ")
    return ModelTooLarge(
        f"{what.rstrip('.')}.",
        where=str(admitted.parts[0]),
        advice=f"{advice[:1].upper()}{advice[1:]}" if advice else "Choose a smaller or more strongly quantized model.",
    )


def _check_adapters(adapters: Sequence[Adapter], facts: ModelFacts) -> None:
    for adapter in adapters:
        own = facts_of(read_header(Path(adapter.path)))
        if not own.is_adapter:
            raise ModelFileInvalid(
                "This file is no adapter.", where=adapter.path, advice="Choose a LoRA adapter in GGUF format."
            )
        if own.architecture != facts.architecture:
            raise ModelFileInvalid(
                f"The adapter is one for {own.architecture} models, and this model is a {facts.architecture}.",
                where=adapter.path,
                advice="Choose an adapter that was made from this very model.",
            )
