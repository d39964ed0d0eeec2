"""How long the same weights and threads take to read the prompts of a job and write nothing."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from _report import median

from engine.model.lanes import common_prefix
from engine.model.llama import Context, ContextShape, Weights, start_backend
from engine.model.prompt import build_prompt
from engine.model.template import ChatTemplate

if TYPE_CHECKING:
    from _ours import Ours

    from engine.model.layouts import Layout
    from engine.model.protocol import GenerateRequest


def pure_prefill(ours: Ours, requests: list[GenerateRequest]) -> float:
    """Return the seconds of reading a folder's prompts, in a process of its own; the median of three."""
    shape = ContextShape(ours.info.context, sequences=1, threads=ours.info.threads)
    before = dict(os.environ)
    os.environ.update(ours.environment)
    try:
        with multiprocessing.get_context("spawn").Pool(1) as process:
            return process.apply(_measure, (ours.layout, shape, requests))
    finally:
        os.environ.clear()
        os.environ.update(before)


def _measure(layout: Layout, shape: ContextShape, requests: list[GenerateRequest]) -> float:
    start_backend()
    weights = Weights(Path(layout.path), extra_buffers=layout.extra_buffers)
    begin = weights.spell([weights.begin_token]) if weights.begin_token is not None else ""
    template = ChatTemplate(weights.chat_template, begin=begin)
    prompts = [build_prompt(weights, template, request, shape.cells).tokens for request in requests]
    with Context(weights, shape) as context:
        _read(context, prompts[0], 0)
        return median([_read_all(context, prompts) for _ in range(3)]) or 0.0


def _read_all(context: Context, prompts: list[list[int]]) -> float:
    context.clear()
    start = time.perf_counter()
    held: list[int] = []
    for tokens in prompts:
        shared = common_prefix(held, tokens)
        context.cut(0, shared)
        _read(context, tokens, shared)
        held = tokens
    return time.perf_counter() - start


def _read(context: Context, tokens: list[int], begin: int) -> None:
    for start in range(begin, len(tokens), context.shape.batch):
        context.clear_batch()
        for position in range(start, min(start + context.shape.batch, len(tokens))):
            row = context.add(tokens[position], position, 0, logits=position == len(tokens) - 1)
        context.decode()
    context.logits(row)
