"""Threads into files and out of them.

    export_threads(store.trees, [3, 5], Path("threads.json"), "json")
    told = import_threads(store.trees, Path("conversations.json"))

Written are our own JSON, which loses nothing; Markdown, to be read; and OpenAI chat messages, one thread a line. Read
are our own JSON, OpenAI chat messages (fine-tuning and batch files too) and the `conversations.json` of ChatGPT's
export, told apart by what they hold, whatever they are called.

An export has its name when it is whole. An import saves whole threads, some hundred messages in a transaction: one
that is killed leaves no half thread, and run again it adds what is missing, since a thread that is there already is
left out. What comes from elsewhere stands in a folder named after its file, where a person sees what there is of it.
Conversations that cannot be read are counted and named; the others are saved.
"""

from engine.store.transfer.exporting import FORMATS, Format, export_threads
from engine.store.transfer.importing import Imported, import_in_steps, import_threads
from engine.store.transfer.reading import Fault

__all__ = ["FORMATS", "Fault", "Format", "Imported", "export_threads", "import_in_steps", "import_threads"]
