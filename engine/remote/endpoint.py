"""An endpoint: where a model elsewhere is asked, and what its server was found to understand. No key is in it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from engine.errors import InvalidRequest
from engine.remote.address import parse_address

Server = Literal["vllm", "sglang", "llama-server", "llama-cpp-python", "openai", "unknown"]
Structured = Literal["json_schema", "json_object+schema", "guided_json", "structured_outputs", "json_object", "none"]
"""How a server is told the schema of an answer.

`response_format` with a `json_schema`; `response_format` of the type `json_object` with a `schema` (llama-cpp-python);
vLLM's field `guided_json`, or `structured_outputs` of its later versions; JSON of any shape; or not at all.
"""


class Capabilities(BaseModel):
    """What a server was found to understand. `assumed` names what was not asked of it, or not answered."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    server: Server = "unknown"
    version: str = ""
    models: tuple[str, ...] = ()
    structured: Structured = "none"
    logprobs: bool = False
    seed: bool = False
    tools: bool = False
    stream: bool = True
    tokenize: str | None = Field(default=None, description="the path that counts tokens, from the server's root")
    context: int | None = Field(default=None, ge=1, description="tokens that a prompt and its answer may take")
    assumed: tuple[str, ...] = ()
    checked_at: str = Field(default="", description="ISO 8601, UTC")


class Endpoint(BaseModel):
    """A model behind an OpenAI-compatible API. `id` names its key among the secrets."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal[1] = 1
    id: str = Field(min_length=1)
    name: str
    url: str = Field(description="normalised by `parse_address`")
    model: str = ""
    concurrency: int = Field(default=4, ge=1, le=256, description="requests in flight at once")
    seconds: float = Field(default=120.0, gt=0, le=86_400, description="how long one go at an answer may take")
    attempts: int = Field(default=3, ge=1, le=20, description="goes at an answer that is valid")
    context: int | None = Field(default=None, ge=64, description="tokens; None: what the server says")
    capabilities: Capabilities | None = Field(default=None, description="None: not asked yet")

    @field_validator("url")
    @classmethod
    def _normalise(cls, url: str) -> str:
        try:
            return parse_address(url)
        except InvalidRequest as error:
            raise ValueError(error.message) from error
