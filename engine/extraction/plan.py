"""What is asked of every document of a job, and the request that asks it of one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from engine.chat.prompt import compose
from engine.constraint.spec import MatchesSchema
from engine.extraction.excerpts import Excerpts, Part
from engine.extraction.fields import schema_of
from engine.extraction.quoting import DecodeSchema
from engine.model.protocol import ChatMessage, GenerateRequest, Grounding, Sampling, ShrinkableSpan

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.extraction.excerpts import Source
    from engine.model.protocol import ModelInfo

INSTRUCTIONS = (
    "You read a document and fill in a record with what it says. Copy names, numbers and dates exactly "
    "as they are written. Use only what stands in the document."
)

HEADING = "Document:\n"
CLOSING = "\n\nRecord of this document as JSON:"
"""What stands around a document: small models answer what they read last, and read 6 of 114 fields more right."""

WHERE_NOT_MASKED = "Write null for what the document does not say."
"""What a model elsewhere is told besides: no mask shows it that null can stand in a field that is a text."""

MAX_TOKENS = 1024

PENALTY_WINDOW = 32
"""Tokens the penalty looks back on: with the default it would reach into the document and punish quoting it."""

CHARACTERS_PER_TOKEN = 8
"""More than any tokenizer makes of running text: what is never sent could not have fit."""

DECODING = 3
"""How quotes are made and read: a number that changes where the same answers would not come of it any more."""

REPETITION_PENALTY = 1.15
"""For the second attempt at an answer that ran past its limit, most often by repeating itself."""


SECONDS_PER_DOCUMENT = 300.0
"""What a document may take to be read and answered."""


@dataclass(frozen=True)
class ExtractionPlan:
    """Folders and files, a schema, and how the model is asked.

    `schema_text` is the schema as JSON text; its key order is the record's. `reproducible` runs every
    document alone, so that a seed gives the same rows every time. `max_tokens` bounds one record; None is
    `MAX_TOKENS`, or half of a context that is smaller than two of them. With `grounding` values are quotes of the
    document, or read from them by rule; without it they are what the model writes. With `second_look` each document
    is asked a second time, with the fields in another order, and a cell says whether it came to the same value; only
    with grounding.
    `seconds_per_document` bounds what one takes to be read and answered; None does not. `model` is how whoever runs the
    plan names the model that is to be asked; empty for the one on this machine. What decides the rows is the model that
    answers, whatever it is called.
    """

    sources: tuple[Path, ...]
    schema_text: str
    instructions: str = INSTRUCTIONS
    sampling: Sampling = field(default_factory=Sampling)
    reproducible: bool = False
    max_tokens: int | None = None
    grounding: bool = True
    second_look: bool = False
    seconds_per_document: float | None = SECONDS_PER_DOCUMENT
    model: str = ""

    @cached_property
    def decode(self) -> DecodeSchema | None:
        """The schema of quotes that the model fills; None without grounding."""
        return DecodeSchema(self.schema_text) if self.grounding else None

    @classmethod
    def from_json(cls, plan: Mapping[str, Any]) -> Self:
        """Return the plan that a job was made with, of this version or an older one."""
        sources = plan.get("sources", [plan["folder"]] if "folder" in plan else [])
        return cls(
            sources=tuple(Path(source) for source in sources),
            schema_text=plan["schema"],
            instructions=plan["instructions"],
            sampling=Sampling.model_validate(plan["sampling"]),
            reproducible=plan["reproducible"],
            max_tokens=plan.get("max_tokens"),
            grounding="grounding" in plan,
            second_look=plan.get("second_look", False),
            seconds_per_document=plan.get("seconds_per_document", SECONDS_PER_DOCUMENT),
            model=plan.get("asked_of", ""),
        )

    def to_json(self, model: ModelInfo) -> dict[str, Any]:
        """Return everything that the job is run with, as plain JSON."""
        return {
            "sources": [str(source.resolve()) for source in self.sources],
            **self._deciding(model),
            "max_tokens": self.max_tokens,
            "seconds_per_document": self.seconds_per_document,
            **({"asked_of": self.model} if self.model else {}),
        }

    def identity(self, model: ModelInfo) -> str:
        """Return the hash by which a job is found again: of the sources, and of everything that decides the answers.

        Limits are left out: a record that is complete does not change when they do.
        """
        sources = [str(source.resolve()) for source in self.sources]
        # As jobs were saved when they had one folder, so that those are found too.
        where = {"folder": sources[0]} if len(sources) == 1 else {"sources": sources}
        return hashlib.sha256(json.dumps(where | self._deciding(model), sort_keys=True).encode()).hexdigest()

    def _deciding(self, model: ModelInfo) -> dict[str, Any]:
        return {
            "schema": self.schema_text,
            "instructions": self.instructions,
            "around": [HEADING, CLOSING],
            "sampling": self.sampling.model_dump(mode="json"),
            "reproducible": self.reproducible,
            "model": model.identity,
            **({"grounding": DECODING} if self.grounding else {}),
            **({"second_look": True} if self.second_look else {}),
        }

    def whole(self, source: Source, model: ModelInfo) -> Part:
        """Return what is asked where a document fits: all at once. What surely cannot fit is left out."""
        most = model.context * CHARACTERS_PER_TOKEN
        return Part(self.schema_text, self.decode, Excerpts.beginning(source, most, len(HEADING)))

    def of_fields(self, fields: Collection[str]) -> Self:
        """Return the plan of some top-level fields alone. The schema has to have fields that can be told apart."""
        return dataclasses.replace(self, schema_text=schema_of(self.schema_text, fields))

    def request(self, part: Part, model: ModelInfo, *, sampling: Sampling | None = None) -> GenerateRequest:
        """Build one request of a document.

        Instructions and schema come first and are the same for all, so that their prefill is shared; the excerpts'
        text may be cut from its end by the host where it does not fit the context after all.
        """
        excerpts, decode = part.excerpts, part.decode
        elsewhere = decode is not None and model.endpoint is not None
        instructions = f"{self.instructions} {WHERE_NOT_MASKED}" if elsewhere else self.instructions
        told = MatchesSchema(schema_text=part.schema_text if decode is None else decode.told)
        messages = compose(
            (
                ChatMessage(role="system", content=instructions),
                ChatMessage(role="user", content=f"{HEADING}{excerpts.text}{CLOSING}"),
            ),
            told,
        )
        asked = len(messages) - 1
        grounding = None
        if decode is not None:
            lists = {
                name: tuple(place for each in readings for place in excerpts.in_message(each.start, each.end))
                for name, readings in decode.readings(excerpts).items()
            }
            grounding = Grounding(message=asked, pieces=excerpts.pieces, lists=lists)
        return GenerateRequest(
            id=uuid.uuid4().hex,
            messages=messages,
            constraint=told if decode is None else MatchesSchema(schema_text=decode.text),
            grounding=grounding,
            sampling=sampling or self.sampling,
            max_tokens=self.max_tokens or min(MAX_TOKENS, model.context // 2),
            reproducible=self.reproducible,
            priority="job",
            rivals=True,
            asked_again=self.second_look,
            shrink=ShrinkableSpan(message=asked, start=excerpts.begins, end=excerpts.end),
        )
