"""An answer as a program: what to write to get it again from Python."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.exchange import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange import Answer, Turn


def as_python(answer: Answer, turns: Sequence[Turn]) -> str:
    """Return a Python program that asks for an answer as it was asked for; `turns` end with its question."""
    draft, receipt = answer.draft, answer.receipt
    seed = draft.seed if draft.seed is not None else receipt["seed"] if receipt else None
    imports = ["Sampling", "load_model"]
    form = "None"
    match draft.format:
        case "schema":
            form = "SCHEMA"
        case "json":
            form = '"json"'
        case "regex":
            imports.append("MatchesRegex")
            form = f"MatchesRegex(pattern={draft.regex!r})"
        case "lark":
            imports.append("MatchesLark")
            form = f"MatchesLark(grammar={draft.lark!r})"
        case "text":
            pass
    messages = [{"role": "system", "content": draft.system}] if draft.system.strip() else []
    messages += [{"role": turn.role, "content": turn.content} for turn in spoken(turns)]
    sampling = {
        "temperature": draft.temperature,
        "top_p": draft.top_p,
        "min_p": draft.min_p,
        "repetition_penalty": draft.repetition,
        "seed": seed,
    }
    lines = [f"from engine import {', '.join(sorted(imports, key=str.casefold))}", ""]
    if form == "SCHEMA":
        lines += ["SCHEMA = " + _literal(draft.schema), ""]
    lines += [
        f"MESSAGES = {_pretty(messages)}",
        "",
        "with load_model() as model:",
        "    answer = model.generate(",
        "        MESSAGES,",
        f"        response_format={form},",
        f"        sampling=Sampling({', '.join(f'{name}={value!r}' for name, value in sampling.items())}),",
        f"        max_tokens={draft.max_tokens!r},",
        f"        reproducible={seed is not None!r},",
        "    )",
        "print(answer.text)",
        "",
    ]
    return "\n".join(lines)


def _literal(schema: str) -> str:
    """Return a schema as a Python literal; one that is no JSON cannot have been answered to."""
    return _pretty(json.loads(schema))


def _pretty(value: object) -> str:
    import pprint

    return pprint.pformat(value, width=100, sort_dicts=False)
