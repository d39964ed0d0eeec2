"""A request's own document: what its answer quotes, and that in the end it does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.constraint.grounding import GroundedMatcher, Grounds, QuotableText
from engine.errors import ConstraintUnsatisfiable, InvalidRequest
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from engine.constraint.grounding import Vocabulary
    from engine.constraint.matcher import Matcher
    from engine.constraint.planner import Compiled
    from engine.model.beginning import Beginning
    from engine.model.prompt import Prompt
    from engine.model.protocol import GenerateRequest


def ground(
    request: GenerateRequest, prompt: Prompt, constraint: Compiled, beginning: Beginning, vocabulary: Vocabulary
) -> GroundedMatcher:
    """Begin an answer that quotes the part of the request's document which the prompt holds.

    Raises `InvalidRequest` where there is no schema or no such message, and where the beginning that the answer is
    given is no quote.
    """
    grounding = request.grounding
    assert grounding is not None
    if constraint is None or constraint.schema is None:
        raise InvalidRequest("Only an answer that follows a schema can be held to a document.")
    if grounding.message >= len(request.messages):
        raise InvalidRequest("The answer is to quote a message that the request does not have.")
    content = request.messages[grounding.message].content
    end = len(content)
    if request.shrink is not None and request.shrink.message == grounding.message and prompt.trimmed_characters:
        end = min(end, request.shrink.end - prompt.trimmed_characters)
    pieces = [(start, min(stop, end)) for start, stop in grounding.pieces if start < end]
    lists = {name: [span for span in spans if span[1] <= end] for name, spans in grounding.lists.items()}
    grounds = Grounds(constraint.schema, QuotableText(content, pieces), lists)
    plain = constraint.matcher(vocabulary.tokenizer)
    matcher = GroundedMatcher(vocabulary.tokenizer, constraint.grammar, grounds, vocabulary, plain)
    for token in (*beginning.given, *beginning.forced):
        if not matcher.allows(token):
            raise InvalidRequest(
                "The answer cannot begin like this: it holds a text that does not stand in the document.",
                advice="End the beginning before it.",
            )
        matcher.consume(token)
    return matcher


def check_quotes(text: str, matcher: Matcher | None) -> None:
    """Look at a whole answer once more: everything that is to be a quote stands in the document.

    A disagreement is a bug of this program; it raises `ConstraintUnsatisfiable` rather than let it through.
    """
    if not isinstance(matcher, GroundedMatcher):
        return
    path = matcher.grounds.invented(json.loads(text))
    if path is not None:
        raise ConstraintUnsatisfiable(
            "The finished text holds a value that does not stand in the document.",
            where=to_pointer(path) or "the root",
            advice="This is a fault of Espalier: please report it with the receipt.",
        )
