"""How an answer was asked to begin: the request's text or tokens, as far as its constraint lets them through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.constraint.closing import byte_closer
from engine.errors import ConstraintUnsupported, InvalidRequest, TokenLimitReached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llguidance import LLTokenizer

    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.matcher import Matcher
    from engine.constraint.values import Closed
    from engine.model.growth import Growth
    from engine.model.llama import Weights
    from engine.model.protocol import GenerateRequest

_ADVICE = "Change the beginning there, or end it before."
_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Beginning:
    """The `given` tokens of an answer, and those that they force, where they end within a run of such."""

    given: tuple[int, ...] = ()
    forced: tuple[int, ...] = ()


NOTHING = Beginning()


def take_beginning(
    request: GenerateRequest,
    constraint: CompiledConstraint | None,
    matcher: Matcher | None,
    weights: Weights,
    tokenizer: LLTokenizer,
) -> Beginning:
    """Move the matcher behind what a request's answer has to begin with.

    Tokens that were forced when an answer was written are taken as the same run again, so that an answer begun with
    its own first tokens goes on with its own next ones. Raises `InvalidRequest` for a beginning that the constraint
    or the vocabulary does not allow, and names the character where it stops being possible; `TokenLimitReached`
    where it leaves nothing of the request's limit.
    """
    given = _tokens(request.begin, weights, tokenizer)
    if not given:
        return NOTHING
    forced = [] if matcher is None else _consume(given, constraint, matcher, weights)
    most = request.max_tokens
    left = None if most is None else most - len(given)
    if left is not None and (left < 0 or (left == 0 and (matcher is None or not matcher.ended))):
        unit = "token" if len(given) == 1 else "tokens"
        raise TokenLimitReached(
            f"The beginning that was given takes {len(given):,} {unit} and the limit is {most:,}.",
            advice="Allow more tokens, or begin with less.",
        )
    return Beginning(tuple(given), tuple(forced))


def refuse_values(growth: Growth, closed: list[Closed]) -> None:
    """Raise `InvalidRequest` where a key or value that a beginning has closed fails its check."""
    violation = growth.violation(closed)
    if violation is not None:
        character = min(violation.end, growth.floor[1])
        raise InvalidRequest(
            f"The answer cannot begin like this: at character {character:,}, {violation.message}.",
            where=f"character {character}",
            advice=_ADVICE,
        )


def _tokens(begin: str | tuple[int, ...], weights: Weights, tokenizer: LLTokenizer) -> list[int]:
    if isinstance(begin, str):
        tokens = tokenizer.tokenize_bytes(begin.encode())
        if b"".join(weights.piece(token) for token in tokens) != begin.encode():
            raise InvalidRequest("This model has no tokens for the beginning that was given.", advice=_ADVICE)
        return tokens
    for token in begin:
        if token >= weights.vocabulary_size or token in weights.end_tokens:
            what = "ends an answer" if token in weights.end_tokens else "is none of this model's"
            raise InvalidRequest(
                f"The answer cannot begin like this: token {token} {what}.",
                advice="Give tokens of a trace that this model has written.",
            )
    return list(begin)


def _consume(
    given: Sequence[int], constraint: CompiledConstraint | None, matcher: Matcher, weights: Weights
) -> list[int]:
    """Move the matcher over the given tokens; return what else it was moved over, in a run that they end within."""
    place = 0
    try:
        while place < len(given):
            forced = matcher.take_forced()
            shared = min(len(forced), len(given) - place)
            if forced and forced[:shared] == list(given[place : place + shared]):
                place += shared
                if shared < len(forced):
                    return forced[shared:]
                continue
            matcher.rollback(len(forced))  # the same text, in other tokens
            if matcher.ended:
                break
            matcher.consume(given[place])
            place += 1
    except ConstraintUnsupported:
        pass  # said below, with the place
    if place < len(given):
        raise _impossible(given, place, constraint, weights)
    return matcher.take_forced()


def _impossible(
    given: Sequence[int], place: int, constraint: CompiledConstraint | None, weights: Weights
) -> InvalidRequest:
    """Return the error of a beginning whose token at `place` does not fit; some of its characters may."""
    data = b"".join(weights.piece(token) for token in given)
    size = max(len(b"".join(weights.piece(token) for token in given[:place])), _fitting(data, constraint))
    rest = data[size:].decode(errors="replace")
    shown = rest[:_SHOWN] + "…" if len(rest) > _SHOWN else rest
    character = len(data[:size].decode(errors="ignore")) + 1
    return InvalidRequest(
        f"The answer cannot begin like this: from character {character:,} on, “{shown}” is not what can follow.",
        where=f"character {character}",
        advice=_ADVICE,
    )


def _fitting(data: bytes, constraint: CompiledConstraint | None) -> int:
    """Return how many bytes a constraint lets through."""
    assert constraint is not None
    size = 0
    try:
        matcher = constraint.matcher(byte_closer().tokenizer)
        while size < len(data) and not matcher.ended:
            matcher.consume(data[size])
            size += 1
    except ConstraintUnsupported:
        pass  # at this byte, or at once where a grammar names tokens of the model
    return size
