"""What is refused before llama.cpp sees it: files that are no models, parts that are missing, models that do not fit.

llama.cpp ends its process on much of this, and says little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InvalidRequest, ModelFileInvalid, ModelTooLarge
from engine.gguf import facts_of, read_header
from engine.model.fit import AS_SHIPPED, estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.gguf import ModelFacts
    from engine.model.fit import Memory
    from engine.model.protocol import Adapter, LoadOptions

_PART = re.compile(r"-(\d{5})-of-(\d{5})$")


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
    """Read a model's header, those of its parts and of its adapters.

    Raises `ModelFileInvalid` where one of them is not what it has to be, `InvalidRequest` where options exclude each
    other.
    """
    facts = facts_of(read_header(path))
    if facts.is_adapter:
        raise ModelFileInvalid(
            "This file is an adapter of a model, and no model by itself.",
            where=str(path),
            advice="Choose the model it was made for, and add the adapter to its settings.",
        )
    if facts.architecture == "clip":
        raise ModelFileInvalid(
            "This file lets a model see pictures, and is no model by itself.",
            where=str(path),
            advice="Choose the model it belongs to.",
        )
    if options.cache_type != "f16" and options.flash_attention == "off":
        raise InvalidRequest(
            f"A cache of type {options.cache_type} needs flash attention, which is switched off.",
            advice="Set flash attention to auto or on, or the cache to f16.",
        )
    parts = _parts(path, facts)
    for part in parts[1:]:
        read_header(part)
    _check_adapters(options.adapters, facts)
    return Admitted(facts, parts, sum(part.stat().st_size for part in parts))


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


def _parts(path: Path, facts: ModelFacts) -> tuple[Path, ...]:
    """Return the files of a model, in their order; those of a split one lie beside the first."""
    if facts.parts == 1:
        return (path,)
    if facts.part:
        raise ModelFileInvalid(
            f"This is part {facts.part + 1} of a model in {facts.parts} files.",
            where=str(path),
            advice="Choose the first part; the others are found beside it.",
        )
    found = _PART.search(path.stem)
    if found is None or int(found[2]) != facts.parts:
        raise ModelFileInvalid(
            f"This is the first of {facts.parts} files, and its name does not tell how the others are called.",
            where=str(path),
            advice="Give the parts the names they had, which end in -00001-of-00003.gguf and so on.",
        )
    names = [f"{path.stem[: found.start()]}-{number:05d}-of-{found[2]}" for number in range(1, facts.parts + 1)]
    parts = tuple(path.with_name(name + path.suffix) for name in names)
    missing = next((number for number, part in enumerate(parts, 1) if not part.is_file()), None)
    if missing is not None:
        raise ModelFileInvalid(
            f"The model is split into several files, and part {missing} of {facts.parts} is missing.",
            where=str(parts[missing - 1]),
            advice="Put all parts into one folder, under the names they were given.",
        )
    return parts


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
