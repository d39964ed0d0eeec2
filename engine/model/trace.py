"""What became of each token of an answer, told as it grows: `TokensWritten` events, for who wants to see inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.model.protocol import Alternative, TokensWritten, TokenTrace

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.backtrack import Step
    from engine.model.growth import Growth, Written


class Tracer:
    """Tells the tokens of one answer, and remembers how many of those it told still stand."""

    def __init__(self, request_id: str, spell: Callable[[int], bytes], name: Callable[[int], str]) -> None:
        """Begin with nothing told; `spell` gives the bytes of a token, `name` what one without bytes is called."""
        self._id = request_id
        self._spell = spell
        self._name = name
        self._told = 0
        self._standing = 0
        self._length = 0

    def forget(self, same: int) -> None:
        """Take note that only the first `same` tokens are still what they were."""
        self._standing = min(self._standing, same)

    def tell(self, growth: Growth) -> TokensWritten | None:
        """Return what is new since this was called before; None where nothing is."""
        start = self._standing
        if start and start == self._told and growth.length(start) != self._length:
            start -= 1  # the text's end has completed the last token
        if start == growth.count == self._told:
            return None
        tokens = tuple(self._trace(each) for each in growth.written(start))
        keep = start if start < self._told else None
        self._told = self._standing = growth.count
        self._length = len(growth.text)
        return TokensWritten(id=self._id, tokens=tokens, keep=keep)

    def _trace(self, written: Written) -> TokenTrace:
        step = written.step
        if step is None:
            return TokenTrace(token=written.token, text=written.text, how=written.how)
        return TokenTrace(
            token=written.token,
            text=written.text,
            how=written.how,
            probability=step.choice.probability,
            removed_mass=step.choice.removed_mass,
            alternatives=self._alternatives(step),
        )

    def _alternatives(self, step: Step) -> tuple[Alternative, ...]:
        choice = step.choice
        found = {token: (probability, allowed) for token, probability, allowed in choice.likeliest}
        # After a check had failed, another stands here, or has stood, than the one that was drawn at first.
        for token in step.refused | {choice.token}:
            share = choice.probability if token == choice.token else choice.share(token)
            found.setdefault(token, ((share or 0.0) * (1.0 - choice.removed_mass), True))
        ranked = sorted(found.items(), key=lambda each: -each[1][0])
        return tuple(
            Alternative(
                token=token,
                text=self._spell(token).decode(errors="replace") or self._name(token),
                probability=probability,
                allowed=allowed,
                refused=token in step.refused,
            )
            for token, (probability, allowed) in ranked
        )
