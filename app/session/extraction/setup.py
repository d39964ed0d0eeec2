"""What a job is to do, as a person puts it together: which documents, which schema, and how the model is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.model_choice import LOCAL, is_choice
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from engine.extraction import ExtractionPlan

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SECONDS: Final = 300.0
"""What a document may take, unless somebody says otherwise."""


@dataclass(frozen=True)
class Setup:
    """What is asked of every document. `sources` are folders and files; empty `instructions` are Espalier's own.

    `schema_id` is the schema's in the library, `schema_name` what it is called there; the text decides. `sampling` is
    plain JSON, None for Espalier's own: a job that was begun in the terminal may have its own. `model` is the one that
    is asked (`app.model_choice`).
    """

    sources: tuple[Path, ...] = ()
    schema_text: str = ""
    schema_name: str = ""
    schema_id: int | None = None
    instructions: str = ""
    grounding: bool = True
    second_look: bool = False
    reproducible: bool = False
    sampling: Mapping[str, Any] | None = None
    max_tokens: int | None = None
    seconds_per_document: float | None = SECONDS
    model: str = LOCAL

    @property
    def complete(self) -> bool:
        """Whether a job can be run: there are sources and a schema."""
        return bool(self.sources and self.schema_text.strip())

    def asked(self) -> tuple[object, ...]:
        """Return what decides the rows; how long a document may take does not."""
        how = self.grounding, self.second_look, self.reproducible, self.sampling, self.model
        return self.sources, self.schema_text, self.instructions.strip(), *how

    def to_json(self) -> dict[str, Any]:
        """Return the setup as plain JSON."""
        return self.__dict__ | {"sources": [str(source) for source in self.sources]}

    @classmethod
    def from_json(cls, kept: object) -> Setup:
        """Return a setup that was kept; what is not of its form is as if it had not been said."""
        said = kept if isinstance(kept, dict) else {}
        sources = said.get("sources")
        known = {key: said[key] for key, kinds in _KINDS.items() if key in said and type(said[key]) in kinds}
        paths = tuple(Path(each) for each in sources if isinstance(each, str)) if isinstance(sources, list) else ()
        return cls(paths, **known)

    def plan(self) -> ExtractionPlan:
        """Return the setup as the engine runs it. Raises SchemaError where the schema is none."""
        from engine.extraction import ExtractionPlan
        from engine.extraction.plan import INSTRUCTIONS
        from engine.model.protocol import Sampling

        return ExtractionPlan(
            sources=self.sources,
            schema_text=self.schema_text,
            instructions=self.instructions.strip() or INSTRUCTIONS,
            sampling=Sampling() if self.sampling is None else Sampling.model_validate(self.sampling),
            reproducible=self.reproducible,
            max_tokens=self.max_tokens,
            grounding=self.grounding,
            second_look=self.second_look,
            seconds_per_document=self.seconds_per_document,
            model=self.model,
        )

    @classmethod
    def of_plan(cls, plan: ExtractionPlan, name: str = "", schema: int | None = None) -> Setup:
        """Return the setup that a job was run with; the schema's name and id the plan does not know."""
        from engine.extraction.plan import INSTRUCTIONS
        from engine.model.protocol import Sampling

        own = plan.sampling == Sampling()
        return cls(
            sources=plan.sources,
            schema_text=plan.schema_text,
            schema_name=name,
            schema_id=schema,
            instructions="" if plan.instructions == INSTRUCTIONS else plan.instructions,
            grounding=plan.grounding,
            second_look=plan.second_look,
            reproducible=plan.reproducible,
            sampling=None if own else plan.sampling.model_dump(mode="json"),
            max_tokens=plan.max_tokens,
            seconds_per_document=plan.seconds_per_document,
            model=plan.model if is_choice(plan.model) else LOCAL,
        )


_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "schema_text": (str,),
    "schema_name": (str,),
    "schema_id": (int, type(None)),
    "instructions": (str,),
    "grounding": (bool,),
    "second_look": (bool,),
    "reproducible": (bool,),
    "sampling": (dict, type(None)),
    "max_tokens": (int, type(None)),
    "seconds_per_document": (int, float, type(None)),
    "model": (str,),
}


@dataclass(frozen=True)
class SourcesFound:
    """The documents of the sources: their names in order; `error` where they cannot be looked through."""

    names: tuple[str, ...] = ()
    error: EngineError | None = None

    @property
    def count(self) -> int:
        """How many documents there are."""
        return len(self.names)


def look_through(sources: Iterable[Path]) -> tuple[SourcesFound, dict[str, Path]]:
    """Find the documents of sources, and where each of them lies, by name. Slow: for a worker."""
    wanted = tuple(sources)
    if not wanted:
        return SourcesFound(), {}
    from engine.extraction.sources import find_sources

    try:
        files = find_sources(wanted)
    except EngineError as error:
        return SourcesFound(error=error), {}
    return SourcesFound(tuple(file.name for file in files)), {file.name: file.path for file in files}


def job_name(setup: Setup, day: date) -> str:
    """Return what a job is called at first: after its sources, and the day: "invoices, 23 Nov"."""
    from engine.extraction.sources import name_of

    said = name_of(setup.sources) if setup.sources else setup.schema_name
    return ", ".join(part for part in (said, f"{day.day} {_MONTHS[day.month - 1]}") if part)
