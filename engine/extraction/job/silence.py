"""A model elsewhere that does not answer: one document's bad luck, or the end of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EndpointError, EndpointRefused, EndpointUnreachable, PromptTooLong

if TYPE_CHECKING:
    from engine.errors import EngineError
    from engine.model.protocol import ModelInfo

MOST_TRIES = 2
"""How often a document is asked again that was not answered, while others are."""


class Silence:
    """Counts the requests in a row that were not answered: those in flight all fail together, and one more tells."""

    def __init__(self, model: ModelInfo, lanes: int) -> None:
        """Listen to a model with so many requests in flight."""
        self._model = model
        self._most = lanes + MOST_TRIES
        self._unheard = 0
        self._heard = False

    def is_one(self, error: EngineError) -> bool:
        """Tell whether an error says that a model elsewhere did not answer, or not this document."""
        if isinstance(error, PromptTooLong):
            return self._model.endpoint is not None
        return isinstance(error, EndpointError)

    def is_broken(self) -> None:
        """Take note of an answer."""
        self._unheard, self._heard = 0, True

    def goes_on(self, error: EngineError) -> None:
        """Take note of a request that was not answered.

        Raises the error once nothing is answered any more: the other documents would fail in the same way.
        """
        self._unheard += 1
        if not self._heard and isinstance(error, EndpointRefused):
            raise error
        if self._unheard < self._most:
            return
        if not self.is_one(error):
            error = EndpointUnreachable("The server does not answer.", where=self._model.endpoint)
        error.message = f"{self._unheard:,} requests in a row were not answered, so the run stopped. {error.message}"
        raise error
