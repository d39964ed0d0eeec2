"""`bench interface`: a screen that streams, screens of A2UI, and fifty sentences through the bundled model.

Its parts can be run alone: `_interface_stream.py`, `_interface_a2ui.py` and `_interface_prompts.py` beside this file,
which say what each figure means.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import _interface_a2ui as a2ui
import _interface_prompts as prompts
import _interface_stream as stream
from _report import close, print_table, say, say_load

from engine.chat.model import default_cache
from engine.model.client import ModelClient


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench interface", description=__doc__.split("\n\n")[0])
    parser.add_argument("--messages", type=Path, default=a2ui.FILES, metavar="DIR", help="files of A2UI v0.9")
    parser.add_argument("--model", type=Path, metavar="FILE", help="another model than the bundled one")
    parser.add_argument("--first", type=int, default=len(prompts.PROMPTS), metavar="N", help="how many sentences (50)")
    asked = parser.parse_args(argv)
    say_load()
    figures: dict[str, Any] = {}
    faults: list[str] = []

    streamed = stream.measure()
    print_table("A tree of 1,000 nodes in 5,000 pieces", ["figure", "value"], list(streamed.items()))
    figures |= streamed
    if streamed["created_twice"]:
        faults.append(f"{streamed['created_twice']} widgets were made twice")

    if asked.messages.is_dir():
        imported = a2ui.measure(asked.messages)
        for name, reasons in imported.pop("a2ui_not_mapped").items():
            say(f"Not fully mapped: {name}: {'; '.join(reasons)}")
        for name, reasons in imported.pop("a2ui_in_another_form").items():
            say(f"In another form: {name}: {'; '.join(reasons)}")
        print_table("Screens of A2UI v0.9", ["figure", "value"], list(imported.items()))
        figures |= imported
        if imported["a2ui_crashes"]:
            faults.append(f"{imported['a2ui_crashes']} files crashed the import or the screen")
    else:
        say(f"Screens of A2UI are left out: there is no folder {asked.messages}.")

    with ModelClient(asked.model, cache_dir=default_cache()) as client:
        client.wait_until_ready()
        replies = prompts.measure(client, prompts.chosen(asked.first))
    told = prompts.figures(replies)
    print_table("Sentences, core profile", ["figure", "value"], list(told.items()))
    figures |= told
    faults += [f"{reply.sentence}: {reply.fault or 'not valid'}" for reply in replies if not reply.valid]
    return close(figures, faults)
