"""Grounding: strings of an answer that can only be text of a document, so that where they stand is known.

`quotable` is the document's text as it may be quoted, `vocabulary` finds the tokens that continue a quote, `places`
tells which strings of an answer are quotes, and `matcher` intersects that with the mask.
"""

from engine.constraint.grounding.matcher import GroundedMatcher, Grounds
from engine.constraint.grounding.quotable import QuotableText
from engine.constraint.grounding.vocabulary import Vocabulary

__all__ = ["GroundedMatcher", "Grounds", "QuotableText", "Vocabulary"]
