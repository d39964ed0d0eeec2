"""Plans as tests judge them: an instance is fed to the mask, and what reaches the end is checked."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from engine.constraint.compile import CompiledConstraint, compile_constraint
from engine.constraint.order import KeyOrder
from engine.constraint.spec import MatchesSchema
from engine.constraint.values import ValueWatcher
from engine.errors import ConstraintError
from engine.model.bundled import bundled_model
from engine.model.llama import Weights, start_backend
from engine.schema.document import read_schema
from engine.schema.references import References

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llguidance import LLTokenizer

    from engine.constraint.residual import Violation


@dataclass(frozen=True)
class Judge:
    """A schema's plan, and what it decides of instances once their keys are in its order."""

    constraint: CompiledConstraint
    order: KeyOrder
    root: Any
    tokenizer: LLTokenizer

    def spell(self, instance: Any) -> str:
        """Write an instance as an answer would: keys in the plan's order."""
        return json.dumps(self.order.sort(instance, self.order.places([self.root])), ensure_ascii=False)

    def masks(self, text: str) -> bool:
        """Tell whether the mask alone lets a text through, token by token.

        Where only one text can follow, its tokens are the mask engine's, as in a real answer.
        """
        matcher = self.constraint.matcher(self.tokenizer)
        rest = text.encode()
        tokens = deque(self.tokenizer.tokenize_bytes(rest))
        try:
            while tokens:
                if matcher.allows(tokens[0]):
                    matcher.consume(tokens[0])
                    rest = rest[len(self.tokenizer.decode_bytes([tokens.popleft()])) :]
                    continue
                forced = self.tokenizer.decode_bytes(matcher.take_forced())
                if not forced or not rest.startswith(forced):
                    return False
                rest = rest[len(forced) :]
                tokens = deque(self.tokenizer.tokenize_bytes(rest))
        except ConstraintError:
            return False
        return matcher.accepting

    def violation(self, text: str) -> Violation | None:
        """Return the first fault that is found while a text grows, as a key or value closes."""
        watcher = ValueWatcher()
        assert self.constraint.residual is not None
        for closed in (*watcher.feed(text), *watcher.finish()):
            found = self.constraint.residual.violation(closed)
            if found is not None:
                return found
        return None

    def checks(self, text: str) -> bool:
        """Tell whether a whole text passes the last validation."""
        try:
            self.constraint.check_text(text)
        except ConstraintError:
            return False
        return True

    def accepts(self, instance: Any) -> bool:
        """Tell whether an instance can be an answer."""
        text = self.spell(instance)
        return self.masks(text) and self.checks(text)


class MakeJudge(Protocol):
    """Plan a schema."""

    def __call__(self, schema: Any) -> Judge: ...


@pytest.fixture(scope="session")
def mask_tokenizer() -> Iterator[LLTokenizer]:
    """Return the tokenizer of the bundled model, without its weights."""
    start_backend()
    weights = Weights(bundled_model(), vocabulary_only=True)
    yield weights.mask_tokenizer()
    weights.close()


@pytest.fixture(scope="session")
def judge(mask_tokenizer: LLTokenizer) -> MakeJudge:
    """Return a maker of judges. A schema without instances raises `ConstraintUnsatisfiable`."""

    def make(schema: Any) -> Judge:
        text = json.dumps(schema)
        constraint = compile_constraint(MatchesSchema(schema_text=text), mask_tokenizer)
        assert constraint is not None
        document = read_schema(text)
        return Judge(constraint, KeyOrder(References(document)), document.root, mask_tokenizer)

    return make
