"""What there is to say about one token, in words: for its popover, for the clipboard, and read out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app import figures
from app.models.visible import quoted, shortened

if TYPE_CHECKING:
    from app.token_trace import Alternative, Attempts, How, Token

NOT_DRAWN: Final[dict[How, str]] = {
    "forced": "Forced: nothing else could stand here.",
    "closing": "Added to end the answer before the token limit.",
    "given": "Given with the request, not drawn.",
    "constructed": "Made up without the model, to pass the checks.",
}
_WORDS: Final[dict[How, str]] = {
    "drawn": "drawn",
    "forced": "forced",
    "closing": "added to end the answer",
    "given": "given",
    "constructed": "made up without the model",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """A token in its answer: the how-manieth of how many, the value it is a part of, what was tried before it.

    `pointer` is None where the answer has no values, or the token's is not closed yet.
    """

    index: int
    count: int
    token: Token
    pointer: str | None = None
    attempts: Attempts | None = None

    @property
    def title(self) -> str:
        """The token quoted, and where it stands."""
        place = {None: "", "": " in the answer"}.get(self.pointer, f" in {shortened(self.pointer or '', 200)}")
        return f"{quoted(self.token.text)}{place}"

    @property
    def position(self) -> str:
        """The how-manieth token it is."""
        return f"token {figures.number(self.index + 1)} of {figures.number(self.count)}"

    @property
    def spoken(self) -> str:
        """One sentence, to be read out."""
        parts = [f"{self.title}, {self.position}, {_WORDS[self.token.how]}"]
        if self.token.probability is not None and self.token.how == "drawn":
            parts.append(f"probability {figures.number(self.token.probability, 2)}")
        if self.token.removed_mass is not None:
            parts.append(f"{percent(self.token.removed_mass)} removed by the mask")
        if self.attempts is not None:
            parts.append(f"{self.attempts.count} taken back before it")
        return ", ".join(parts)

    @property
    def text(self) -> str:
        """All of it, a fact a line."""
        token = self.token
        lines = [self.title, f"{self.position}, id {token.id}, {_WORDS[token.how]}"]
        if token.probability is not None and token.how == "drawn":
            lines[1] += f", probability {figures.number(token.probability, 3)}"
        lines += [f"  {self.spoken_alternative(alternative)}" for alternative in token.alternatives]
        if token.removed_mass is not None:
            lines.append(f"Mass removed by the mask: {percent(token.removed_mass)}")
        if self.attempts is not None:
            texts = ", ".join(quoted(text, 60) for text in self.attempts.texts)
            lines.append(f"Taken back before it: {self.attempts.count} ({texts})")
        return "\n".join(lines)

    def spoken_alternative(self, alternative: Alternative) -> str:
        """Say what an alternative is and what became of it."""
        fate = "chosen" if alternative.id == self.token.id else ""
        if not alternative.allowed:
            fate = "removed by the mask"
        elif alternative.refused:
            fate = "tried and taken back"
        return f"{quoted(alternative.text)} {figures.number(alternative.probability, 2)}" + (
            f", {fate}" if fate else ""
        )

    def open_to_branch(self, alternative: Alternative) -> bool:
        """Whether the answer could go on from here with this alternative instead."""
        drawn = self.token.how == "drawn"
        return drawn and alternative.allowed and not alternative.refused and alternative.id != self.token.id


def percent(share: float) -> str:
    """Return a share of 0 to 1 in percent; what is there is never said to be nothing, nor what is not to be all."""
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{figures.number(share * 100.0)} %"
