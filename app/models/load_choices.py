"""What can be chosen for loading a model, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app import figures
from app.models.model_words import size_words

if TYPE_CHECKING:
    from engine.model.fit import Build, Fit
    from engine.model.protocol import LoadOptions, ModelInfo

DEFAULT_CONTEXT: Final = 8192
"""What is taken of a model's context where nobody says otherwise, at most."""

CACHE_TYPES: Final = (("16 bits", "f16"), ("8 bits (q8_0)", "q8_0"), ("4 bits (q4_0)", "q4_0"))
FLASH: Final = (("Where it helps", "auto"), ("On", "on"), ("Off", "off"))


def context_choices(trained: int | None, chosen: int | None) -> list[tuple[str, int | None]]:
    """Return contexts to choose from: powers of two up to what was trained for, None being what is taken by itself."""
    usual = min(trained or DEFAULT_CONTEXT, DEFAULT_CONTEXT)
    most = max(trained or DEFAULT_CONTEXT, chosen or 0)
    sizes = {1 << power for power in range(10, 24) if 1 << power < most} | {most, chosen or most}
    return [(f"{figures.number(size)} tokens", None if size == usual else size) for size in sorted(sizes | {usual})]


def template_words(template: str | None, own: str | None, name: str = "") -> str:
    """Return which chat template a model is given; `own` is its file's, `name` what the chosen one is called."""
    if template is not None:
        return f"{name}, instead of the file's own" if own else name
    if own is None:
        return "The file has none: ChatML"
    return f"{known_template(own)}, read from the GGUF header"


def known_template(source: str) -> str:
    """Return the usual name of a template's way of marking turns."""
    for mark, name in (
        ("<|im_start|>", "ChatML"),
        ("<|start_header_id|>", "Llama 3"),
        ("<start_of_turn>", "Gemma"),
        ("[INST]", "Mistral"),
        ("<|user|>", "Phi or Zephyr"),
        ("<|start|>", "Harmony"),
        ("### Instruction", "Alpaca"),
    ):
        if mark in source:
            return name
    return "Its own"


def build_words(build: Build | None) -> str:
    """Return what the GPU layers can be here."""
    if build is None:
        return "It is not known yet what this build can use"
    if build.can_offload:
        return f"This build computes on {build.device}; empty: all layers go there"
    return "This build of llama.cpp computes on the CPU alone"


def difference_words(options: LoadOptions, other: LoadOptions) -> str:
    """Return what other options would change: "a context of 4,096 tokens and 2 lanes"."""
    words: list[str] = []
    if other.context != options.context and other.context is not None:
        words.append(f"a context of {figures.number(other.context)} tokens")
    if other.lanes != options.lanes:
        words.append("1 lane" if other.lanes == 1 else f"{other.lanes} lanes")
    if other.cache_type != options.cache_type:
        words.append(f"a cache of {other.cache_type}")
    if other.batch != options.batch:
        words.append(f"prompts read {figures.number(other.batch)} tokens at a time")
    if other.gpu_layers != options.gpu_layers:
        words.append(f"{other.gpu_layers} layers on the GPU")
    if other.layout != options.layout:
        words.append("the weights as they are shipped")
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def need_words(fit: Fit) -> str:
    """Return what an estimate comes to, beside what is free."""
    return f"needs about {size_words(fit.needed)}, {size_words(fit.free)} are free"


def fit_words(fit: Fit) -> str:
    """Return what an estimate is made of."""
    return (
        f"Weights {size_words(fit.weights)}, cache {size_words(fit.cache)}, buffers {size_words(fit.buffers)}, "
        f"program {size_words(fit.base)}"
    )


def asked_of(info: ModelInfo, options: LoadOptions) -> bool:
    """Tell whether a loaded model was loaded with these options, as far as can be told."""
    wanted: dict[str, Any] = {
        "lanes": options.lanes,
        "batch": options.batch,
        "cache_type": options.cache_type,
        "adapters": options.adapters,
    }
    if options.context is not None:
        wanted["context"] = options.context
    elif info.context != min(info.trained_context or DEFAULT_CONTEXT, DEFAULT_CONTEXT):
        return False
    if options.threads is not None:
        wanted["threads"] = options.threads
    if (options.template is not None) != (info.template == "chosen"):
        return False
    return all(getattr(info, name) == value for name, value in wanted.items())
