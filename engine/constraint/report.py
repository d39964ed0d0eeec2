"""What becomes of a schema, keyword by keyword, without a model: `check_schema`."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.constraint.planner import Planner
from engine.constraint.sizes import Sizes, measure
from engine.constraint.spec import MatchesSchema
from engine.schema.slips import Slip, slips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.constraint.closing import Closer
    from engine.constraint.enforcement import KeywordUse


@dataclass(frozen=True, slots=True)
class SchemaReport:
    """A schema that can be held to: its draft, how each keyword is held to, and what compiling it took.

    `provisional` tells whether values may be withdrawn while an answer grows, since some of the schema is checked
    on them. `compile_ms` is in milliseconds, without the mask engine's tokenizer. `sizes` are of its
    instances. `slips` are keywords that say nothing, though somebody probably meant something by them.
    """

    draft: str
    uses: tuple[KeywordUse, ...]
    provisional: bool
    compile_ms: float
    sizes: Sizes
    slips: tuple[Slip, ...] = ()


def check_schema(schema: str | Mapping[str, Any] | bool, vocabulary: Closer | None = None) -> SchemaReport:
    """Report how a JSON Schema, given as JSON text or as Python data, would be held to.

    Sizes are in tokens of a model's `vocabulary` (`engine.load_vocabulary`), or in bytes where none is given.

    Raises `SchemaError` where it is no schema, `ConstraintUnsupported` where it refers to what is not there or is too
    much to plan, and `ConstraintUnsatisfiable` where it has no instance.
    """
    text = schema if isinstance(schema, str) else json.dumps(schema)
    begun = time.perf_counter()
    with Planner() as planner:
        constraint = planner.compile(MatchesSchema(schema_text=text))
    assert constraint is not None
    assert constraint.schema is not None
    assert constraint.residual is not None
    compile_ms = (time.perf_counter() - begun) * 1e3
    return SchemaReport(
        draft=constraint.schema.draft.spoken,
        uses=constraint.uses,
        provisional=constraint.residual.provisional,
        compile_ms=compile_ms,
        sizes=measure(constraint, vocabulary),
        slips=tuple(slips(constraint.schema)),
    )
