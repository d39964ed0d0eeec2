"""What is sent to a server: the body of a chat completion's request, in the words that it knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.constraint.spec import Unconstrained
from engine.model.protocol import Sampling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.model.protocol import ChatMessage, GenerateRequest
    from engine.remote.endpoint import Capabilities
    from engine.remote.forms import Form

_OF_LLAMA = frozenset({"llama-server", "llama-cpp-python"})
_OF_PYTHON = frozenset({"vllm", "sglang"})
_RIVALS = 8
_DISPENSABLE = (
    "stream_options", "top_logprobs", "logprobs", "seed", "top_k", "min_p", "repetition_penalty", "repeat_penalty",
    "repeat_last_n", "presence_penalty", "logit_bias", "temperature", "top_p", "max_completion_tokens",
)  # fmt: skip
"""Fields without which a request is the same question; `max_completion_tokens` has an older name."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How one server is spoken to. `without` names fields that it has refused."""

    model: str
    capabilities: Capabilities
    without: frozenset[str] = frozenset()

    def body(
        self, request: GenerateRequest, messages: Sequence[ChatMessage], form: Form, seed: int | None
    ) -> dict[str, Any]:
        """Return the body of a request."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": self.capabilities.stream,
            **self._sampling(request.sampling),
            **form.fields,
        }
        if self.capabilities.stream and self.capabilities.server != "llama-cpp-python":
            body["stream_options"] = {"include_usage": True}
        if request.max_tokens is not None and "max_tokens" not in self.without:
            modern = self.capabilities.server == "openai" and "max_completion_tokens" not in self.without
            body["max_completion_tokens" if modern else "max_tokens"] = request.max_tokens
        if seed is not None and self.capabilities.seed:
            body["seed"] = seed
        if self.capabilities.logprobs and (request.trace or not isinstance(request.constraint, Unconstrained)):
            body |= {"logprobs": True, "top_logprobs": max(request.trace, _RIVALS if request.rivals else 2)}
        if "logprobs" in self.without:
            body.pop("top_logprobs", None)
        return {name: value for name, value in body.items() if name not in self.without}

    def refused(self, body: dict[str, Any], words: str) -> str | None:
        """Return the field that a server's error names as one that it does not take, if one can be left out."""
        return next(
            (name for name in _DISPENSABLE if name in body and re.search(rf"(?<![\w]){name}(?![\w])", words)), None
        )

    def _sampling(self, sampling: Sampling) -> dict[str, Any]:
        server = self.capabilities.server
        said: dict[str, Any] = {"temperature": sampling.temperature, "top_p": sampling.top_p}
        if sampling.presence_penalty:
            said["presence_penalty"] = sampling.presence_penalty
        if sampling.logit_bias:
            said["logit_bias"] = {str(token): bias for token, bias in sampling.logit_bias.items()}
        if server == "openai":
            return said
        # Defaults of servers and of models' own settings are others than ours, so these are always said.
        known = server != "unknown"
        if known or sampling.top_k:
            said["top_k"] = sampling.top_k or (0 if server in _OF_LLAMA else -1)
        if known or sampling.min_p:
            said["min_p"] = sampling.min_p
        if known or sampling.repetition_penalty != 1:
            said["repeat_penalty" if server in _OF_LLAMA else "repetition_penalty"] = sampling.repetition_penalty
        if server == "llama-server":
            said["repeat_last_n"] = sampling.penalty_window
        return said


def as_sent(sampling: Sampling, body: dict[str, Any], seed: int | None) -> Sampling:
    """Return the sampling that a body asks for, which is what its receipt tells: not what was left out of it."""
    plain = Sampling()
    return sampling.model_copy(
        update={
            "temperature": sampling.temperature if "temperature" in body else 1.0,
            "top_p": sampling.top_p if "top_p" in body else plain.top_p,
            "presence_penalty": body.get("presence_penalty", plain.presence_penalty),
            "top_k": sampling.top_k if "top_k" in body else plain.top_k,
            "min_p": sampling.min_p if "min_p" in body else plain.min_p,
            "repetition_penalty": sampling.repetition_penalty
            if {"repeat_penalty", "repetition_penalty"} & body.keys()
            else plain.repetition_penalty,
            "logit_bias": sampling.logit_bias if "logit_bias" in body else {},
            "seed": seed if "seed" in body else None,
        }
    )
