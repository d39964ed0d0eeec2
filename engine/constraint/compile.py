"""Constraint specifications to grammars of the mask engine; what it cannot hold to is refused by name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import jsonschema_rs
from llguidance import LLMatcher

from engine.constraint.closing import byte_closer
from engine.constraint.enforcement import KeywordUse, keyword_uses
from engine.constraint.limits import refuse_huge
from engine.constraint.matcher import Matcher, first_line, parser_limits
from engine.constraint.plan import Plan, make_plan
from engine.constraint.residual import Residual
from engine.constraint.spec import AnyJson, ConstraintSpec, MatchesLark, MatchesRegex, MatchesSchema
from engine.constraint.validate import validator_of
from engine.errors import ConstraintUnsatisfiable, ConstraintUnsupported
from engine.schema.document import SchemaDocument, read_schema
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from llguidance import LLTokenizer
    from llguidance._lib import JsonCompileOptions

    from engine.constraint.names import Schema

SPACING: JsonCompileOptions = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""One spelling of each instance: blanks cannot be emitted for ever, and fully compact JSON hurts small models."""
_TRIED = 100_000
"""Characters of a grammar that is compiled for trial: the mask engine counts its symbols no sooner."""


@dataclass(frozen=True, slots=True)
class CompiledConstraint:
    """A constraint ready to match: its grammar and, for a schema, how each keyword is held to.

    `planned` is the schema that the mask holds to, `canonical` the whole one in canonical form where the plan comes
    from that.
    """

    grammar: str
    is_json: bool
    schema: SchemaDocument | None = None
    uses: tuple[KeywordUse, ...] = ()
    residual: Residual | None = None
    planned: Schema = True
    canonical: SchemaDocument | None = None
    validator: jsonschema_rs.Validator | None = None
    _beginnings: dict[LLTokenizer, Matcher] = field(default_factory=dict, repr=False, compare=False)

    def matcher(self, tokenizer: LLTokenizer) -> Matcher:
        """Begin an answer. The first one for a tokenizer compiles the grammar; the others begin as copies of it."""
        if tokenizer not in self._beginnings:
            self._beginnings[tokenizer] = Matcher(tokenizer, self.grammar)
        return self._beginnings[tokenizer].anew()

    def check_text(self, text: str) -> None:
        """Parse and validate a whole answer once more, independently of the mask.

        A disagreement is a bug of this program; it raises `ConstraintUnsatisfiable` rather than let it through.
        """
        value = json.loads(text)
        if self.validator is None:
            return
        for error in self.validator.iter_errors(value):
            raise ConstraintUnsatisfiable(
                f"The finished text does not satisfy the schema: {error.message}.",
                where=to_pointer(error.instance_path) or "the root",
                advice="This is a fault of Espalier: please report it with the receipt.",
            )


def compile_constraint(spec: ConstraintSpec, tokenizer: LLTokenizer | None = None) -> CompiledConstraint | None:
    """Compile a specification; None stands for unconstrained text.

    Raises `SchemaSyntaxError` and `SchemaInvalid` for a schema that is none, `ConstraintUnsupported` with the
    JSON Pointer and keyword for what cannot be held to, `ConstraintUnsatisfiable` where no instance exists.
    """
    if isinstance(spec, MatchesSchema):
        return plan_schema(read_schema(spec.schema_text), tokenizer).compiled()
    if isinstance(spec, AnyJson):
        any_object: Schema = {"type": "object"}
        residual = Residual(SchemaDocument("", any_object), frozenset())
        return CompiledConstraint(_schema_grammar(any_object), is_json=True, residual=residual)
    if isinstance(spec, MatchesRegex):
        grammar = LLMatcher.grammar_from_regex(spec.pattern)
        return _checked_grammar(grammar, tokenizer, "The regular expression cannot be used")
    if isinstance(spec, MatchesLark):
        grammar = LLMatcher.grammar_from_lark(spec.grammar)
        return _checked_grammar(grammar, tokenizer, "The grammar cannot be used")
    return None


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning a schema comes to, as plain data: it may come from another process."""

    document: SchemaDocument
    plan: Plan
    uses: tuple[KeywordUse, ...]

    def compiled(self) -> CompiledConstraint:
        """Return the constraint. Raises `ConstraintUnsupported` for a schema that values cannot be checked against."""
        try:
            validator = validator_of(self.document)
        except jsonschema_rs.ValidationError as error:
            raise ConstraintUnsupported(
                f"The schema cannot be checked: {error.message}.", keyword=str((error.instance_path or [""])[-1])
            ) from None
        return CompiledConstraint(
            _schema_grammar(self.plan.schema),
            is_json=True,
            schema=self.document,
            uses=self.uses,
            residual=Residual(self.document, self.plan.checked),
            planned=self.plan.schema,
            canonical=self.plan.canonical,
            validator=validator,
        )


def plan_schema(document: SchemaDocument, tokenizer: LLTokenizer | None = None) -> Planned:
    """Plan a schema, however long that takes. Raises `ConstraintError`s as `compile_constraint` does."""
    refuse_huge(document)
    try:
        plan = make_plan(document, lambda schema: _reason(schema, tokenizer))
    except RecursionError:
        raise ConstraintUnsupported(
            "The definitions of this schema lead on from one to the next too often to be followed.",
            keyword="$ref",
            where="the root",
            advice="Refer to the last one directly.",
        ) from None
    return Planned(document, plan, tuple(keyword_uses(document, plan)))


def _schema_grammar(schema: Schema) -> str:
    text = json.dumps(schema) if isinstance(schema, dict) else "{}"
    return LLMatcher.grammar_from_json_schema(text, overrides=SPACING)


def _reason(schema: Schema, tokenizer: LLTokenizer | None) -> str:
    if schema is False:
        return "unsatisfiable"
    try:
        return _refusal(_schema_grammar(schema), tokenizer)
    except ValueError as error:  # its reader of JSON has limits of its own, on nesting for one
        return str(error)


def _refusal(grammar: str, tokenizer: LLTokenizer | None) -> str:
    """Return the mask engine's reason for refusing a grammar, or an empty string."""
    failed, messages = LLMatcher.validate_grammar_with_warnings(grammar, tokenizer, limits=parser_limits())
    if failed or len(grammar) < _TRIED:
        return messages[0] if failed else ""
    tried = LLMatcher(tokenizer or byte_closer().tokenizer, grammar, log_level=0, limits=parser_limits())
    return tried.get_error() if tried.is_error() else ""


def _checked_grammar(grammar: str, tokenizer: LLTokenizer | None, sentence: str) -> CompiledConstraint:
    message = _refusal(grammar, tokenizer)
    if message:
        raise ConstraintUnsupported(f"{sentence}: {first_line(message)}.")
    return CompiledConstraint(grammar, is_json=False)
