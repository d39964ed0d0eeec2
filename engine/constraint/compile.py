"""Constraint specifications to grammars of the mask engine; what it cannot hold to is refused by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from llguidance import LLMatcher

from engine.constraint.enforcement import KeywordUse, keyword_uses
from engine.constraint.locate import locate_refusal
from engine.constraint.matcher import Matcher, first_line, parser_limits
from engine.constraint.spec import AnyJson, ConstraintSpec, MatchesLark, MatchesRegex, MatchesSchema
from engine.errors import ConstraintError, ConstraintUnsatisfiable, ConstraintUnsupported
from engine.schema.document import SchemaDocument, read_schema
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from llguidance import LLTokenizer
    from llguidance._lib import JsonCompileOptions

_SPACING: JsonCompileOptions = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""One spelling of each instance: blanks cannot be emitted for ever, and fully compact JSON hurts small models."""


@dataclass(frozen=True, slots=True)
class CompiledConstraint:
    """A constraint ready to match: its grammar and, for a schema, how each keyword is held to."""

    grammar: str
    is_json: bool
    schema: SchemaDocument | None = None
    uses: tuple[KeywordUse, ...] = ()

    def matcher(self, tokenizer: LLTokenizer) -> Matcher:
        """Begin an answer."""
        return Matcher(tokenizer, self.grammar)

    def check_text(self, text: str) -> None:
        """Parse and validate a whole answer once more, independently of the mask.

        A disagreement is a bug of this program; it raises `ConstraintUnsatisfiable` rather than let it through.
        """
        value = json.loads(text)
        if self.schema is None:
            return
        for error in jsonschema_rs.validator_for(self.schema.root, offline=True).iter_errors(value):
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
        return _compile_schema(read_schema(spec.schema_text), tokenizer)
    if isinstance(spec, AnyJson):
        return CompiledConstraint(_schema_grammar({"type": "object"}), is_json=True)
    if isinstance(spec, MatchesRegex):
        grammar = LLMatcher.grammar_from_regex(spec.pattern)
        return _checked_grammar(grammar, tokenizer, "The regular expression cannot be used")
    if isinstance(spec, MatchesLark):
        grammar = LLMatcher.grammar_from_lark(spec.grammar)
        return _checked_grammar(grammar, tokenizer, "The grammar cannot be used")
    return None


def _compile_schema(document: SchemaDocument, tokenizer: LLTokenizer | None) -> CompiledConstraint:
    grammar = _schema_grammar(document.root)
    message = _refusal(grammar, tokenizer)
    if message and isinstance(document.root, dict):
        raise _schema_error(document.root, message)
    return CompiledConstraint(grammar, is_json=True, schema=document, uses=tuple(keyword_uses(document.root)))


def _schema_grammar(root: dict[str, Any] | bool) -> str:
    if root is False:
        raise ConstraintUnsatisfiable("The schema is false: no instance satisfies it.", where="the root")
    schema = dict(root) if isinstance(root, dict) else {}
    # A schema must not be able to relax its own enforcement through the engine's private options.
    schema.pop("x-guidance", None)
    return LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=_SPACING)


def _refusal(grammar: str, tokenizer: LLTokenizer | None) -> str:
    """Return the mask engine's reason for refusing a grammar, or an empty string."""
    failed, messages = LLMatcher.validate_grammar_with_warnings(grammar, tokenizer, limits=parser_limits())
    return messages[0] if failed else ""


def _schema_error(root: dict[str, Any], message: str) -> ConstraintError:
    place = locate_refusal(root, lambda schema: bool(_refusal(_schema_grammar(schema), None)))
    reason = first_line(_refusal(_schema_grammar(place.schema), None) or message)
    where = place.pointer or "the root"
    if "nsatisfiable" in reason:
        return ConstraintUnsatisfiable(f"No instance can satisfy this schema: {reason}.", where=where)
    unknown = reason.partition("Unimplemented keys: ")[2]
    keyword = next((key for key in json.loads(unknown or "[]") if key in place.schema), place.keyword)
    return ConstraintUnsupported(
        _plain(reason, keyword),
        keyword=keyword,
        where=where,
        advice="Change or remove it at this place.",
    )


def _plain(reason: str, keyword: str) -> str:
    """Say the mask engine's reason without its private words."""
    if reason.startswith("Unimplemented keys") or not reason:
        return f'The keyword "{keyword}" cannot be enforced yet.'
    if reason.startswith("oneOf"):
        return 'This "oneOf" cannot be enforced yet: its branches may overlap.'
    subject = f'The keyword "{keyword}" cannot be enforced' if keyword else "The schema cannot be enforced"
    return f"{subject}: {reason[0].lower()}{reason[1:]}."


def _checked_grammar(grammar: str, tokenizer: LLTokenizer | None, sentence: str) -> CompiledConstraint:
    message = _refusal(grammar, tokenizer)
    if message:
        raise ConstraintUnsupported(f"{sentence}: {first_line(message)}.")
    return CompiledConstraint(grammar, is_json=False)
