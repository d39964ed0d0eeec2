"""Every command that has a name of its own: what it is called, where it works, and its keys unless they are changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.exchange import FORMATS


@dataclass(frozen=True)
class Place:
    """Where keys work: a page, or a part of one, which lies within others."""

    title: str
    within: tuple[str, ...] = ("window",)


PLACES: Final[dict[str, Place]] = {
    "window": Place("Everywhere", ()),
    "playground": Place("Playground"),
    "comparison": Place("Comparison of answers", ("playground",)),
    "schemas": Place("Schemas"),
    "interface": Place("Interface"),
    "extract": Place("Extract"),
    "table": Place("Table of an extraction", ("extract",)),
    "models": Place("Models"),
    "document": Place("Document", ("extract",)),
    "text": Place("Text of a schema", ("schemas",)),
    "tree": Place("Tree of a schema", ("schemas",)),
    "parts": Place("Tree of an interface", ("interface",)),
    "lists": Place("Lists", ("playground", "schemas", "interface", "extract")),
}


@dataclass(frozen=True)
class Action:
    """A command. Its id begins with its place; settings keep it, so it never changes.

    `keys` are written portably ("Ctrl+Shift+A"), the first of them shown; Enter stands for both Enter keys. The keys
    of one that is `fixed` cannot be changed. `words` are found too.
    """

    id: str
    name: str
    keys: tuple[str, ...] = ()
    words: str = ""
    fixed: bool = False

    @property
    def place(self) -> str:
        """The key of the place where it works."""
        return self.id.partition(".")[0]


_REDO: Final = ("Ctrl+Shift+Z", "Ctrl+Y")

_OF_WIDGETS: Final = tuple(
    Action(each, name, (keys,), fixed=True)
    for each, name, keys in (
        ("table.accept", "Accept the value", "Enter"),
        ("table.edit", "Edit the value", "F2"),
        ("table.absent", "The document does not have it", "Del"),
        ("text.find", "Find in the text", "Ctrl+F"),
        ("text.replace", "Replace in the text", "Ctrl+H"),
        ("text.suggest", "Suggest", "Ctrl+Space"),
        ("text.format", "Format the document", "Alt+Shift+F"),
        ("text.fold", "Fold", "Ctrl+Shift+["),
        ("text.unfold", "Unfold", "Ctrl+Shift+]"),
        ("text.fold_all", "Fold all", "Ctrl+Shift+-"),
        ("text.unfold_all", "Unfold all", "Ctrl+Shift+="),
        ("tree.rename", "Rename the property", "F2"),
        ("tree.constraints", "Constraints of the property", "Alt+Enter"),
        ("tree.definition", "Go to the definition", "F12"),
        ("tree.duplicate", "Duplicate the property", "Ctrl+D"),
        ("tree.up", "Move the property up", "Alt+Up"),
        ("tree.down", "Move the property down", "Alt+Down"),
        ("tree.inside", "Add inside", "Shift+Ins"),
        ("tree.mend", "Mend the problem", "Ctrl+."),
        ("parts.duplicate", "Duplicate the part", "Ctrl+D"),
        ("parts.up", "Move the part up", "Alt+Up"),
        ("parts.down", "Move the part down", "Alt+Down"),
        ("lists.rename", "Rename what is chosen", "F2"),
        ("lists.delete", "Delete what is chosen", "Del"),
    )
)
"""Keys that widgets take while they have the focus: known here to be shown, and to be given to nothing else."""

ACTIONS: Final[tuple[Action, ...]] = (
    Action("playground.run", "Run", ("Ctrl+Enter",)),
    Action("playground.stop", "Stop", ("Esc",), fixed=True),
    Action("playground.run_again", "Run again", ("Ctrl+R",)),
    Action("playground.edit", "Edit and ask again", ("Ctrl+E",)),
    Action("playground.continue", "Continue the answer"),
    Action("playground.compare_settings", "Compare with other settings", words="columns"),
    Action("playground.compare_answers", "Compare answers", words="alternatives columns"),
    Action("playground.compare_draft", "Compare the prompt under several settings"),
    Action("comparison.next", "Next difference", ("F7",)),
    Action("comparison.before", "The difference before", ("Shift+F7",)),
    Action("playground.new", "New thread", ("Ctrl+N",), "chat conversation afresh"),
    Action("playground.attach", "Attach files", ("Ctrl+Shift+A",), "image document"),
    Action("playground.run_example", "Run the worked example"),
    Action("playground.load_example", "Load the worked example"),
    Action("playground.prompt", "Show the exact prompt"),
    Action("playground.search", "Search all threads", ("Ctrl+F",), "find"),
    Action("playground.threads", "Show or hide the threads", ("Ctrl+B",), "conversations list"),
    Action("playground.export", "Export this thread", words="save markdown"),
    Action("playground.import", "Import threads", words="chatgpt openai conversations"),
    Action("playground.rename", "Rename this thread", words="title"),
    Action("playground.inspector", "Show or hide the inspector", ("Ctrl+I",)),
    Action("playground.sampling", "Fold or show the sampling", words="schema room seed"),
    Action("playground.message_before", "The message before", ("Alt+Up",), "walk conversation"),
    Action("playground.message_after", "The next message", ("Alt+Down",), "walk conversation"),
    Action("playground.answer_before", "The alternative before", ("Alt+Left",), "branch answer"),
    Action("playground.answer_after", "The next alternative", ("Alt+Right",), "branch answer"),
    *(
        Action(f"playground.show_{name.lower()}", f"Show the answer as {name}")
        for name in ("Read", "JSON", "Tokens", "Receipt")
    ),
    *(Action(f"playground.format_{name}", f"Response format: {shape.words}") for name, shape in FORMATS.items()),
    Action("schemas.new", "New schema", ("Ctrl+N",), "json empty"),
    Action("schemas.describe", "Describe a schema", words="write model sentence"),
    Action("schemas.import", "Import a schema", ("Ctrl+O",), "file example pydantic tool open"),
    Action("schemas.paste", "Schema from the clipboard", words="import paste"),
    Action("schemas.save", "Save a version of the schema", ("Ctrl+S",), "keep note"),
    Action("schemas.versions", "Versions of the schema", words="history diff compare"),
    Action("schemas.undo", "Undo the change of the schema", ("Ctrl+Z",), "take back"),
    Action("schemas.redo", "Redo the change of the schema", _REDO),
    Action("schemas.strict", "Make the schema strict", words="openai profile"),
    Action("schemas.lenient", "Make the schema lenient", words="loosen"),
    Action("schemas.upgrade", "Upgrade the schema to 2020-12", words="draft"),
    Action("schemas.form", "Fill in a form of the schema", words="type value"),
    Action("schemas.sample", "Another sample of the schema", ("Ctrl+Enter",), "try run"),
    Action("schemas.vary", "Generate ten samples of the schema", words="try variety"),
    Action("schemas.search", "Search all schemas", ("Ctrl+E",), "find library"),
    Action("schemas.next_problem", "Next problem of the schema", ("F8",)),
    Action("schemas.problem_before", "The problem before of the schema", ("Shift+F8",)),
    Action("interface.new", "New interface", ("Ctrl+N",), "describe screen ui"),
    Action("interface.run", "Write the interface", ("Ctrl+Enter",), "run send"),
    Action("interface.stop", "Stop writing the interface", ("Esc",), "cancel", fixed=True),
    Action("interface.gallery", "All interfaces", ("Ctrl+G",), "gallery pictures examples"),
    Action("interface.search", "Search all interfaces", ("Ctrl+F",), "find gallery"),
    Action("interface.import", "Import an interface", ("Ctrl+O",), "a2ui openai json tree"),
    Action("interface.attach_data", "Attach data to the interface", words="csv json table source"),
    Action("interface.attach_picture", "Attach a picture to the interface", words="image"),
    Action("interface.rename", "Rename the interface", words="title"),
    Action("interface.duplicate", "Duplicate the interface", words="copy"),
    Action("interface.delete", "Delete the interface", words="bin remove"),
    Action("interface.undo", "Undo the change of the interface", ("Ctrl+Z",), "take back"),
    Action("interface.redo", "Redo the change of the interface", _REDO),
    Action("interface.composer", "Go to the sentence of the interface", ("Ctrl+L",), "prompt write"),
    Action("interface.tree", "Go to the tree of the interface", ("Ctrl+T",), "parts"),
    Action("interface.inspect", "Choose parts by clicking them", ("Ctrl+Shift+C",), "inspect select"),
    Action("interface.phone", "Preview: phone", words="width 390 mobile"),
    Action("interface.tablet", "Preview: tablet", words="width 768"),
    Action("interface.desktop", "Preview: desktop", words="width whole"),
    Action("interface.full", "Preview: alone on the screen", ("F11",), "full"),
    Action("interface.other_theme", "Preview: in the other theme", words="dark light"),
    Action("interface.reset", "Preview: forget what was typed", words="reset state"),
    Action("interface.play", "Play how the interface was written", words="scrub stream"),
    Action("interface.export_json", "Export the interface as JSON", words="save tree"),
    Action("interface.export_pyside", "Export the interface as PySide6 source", words="qt"),
    Action("interface.export_html", "Export the interface as HTML", words="page web"),
    Action("interface.export_png", "Export the interface as a picture", words="save png"),
    Action("extract.run", "Run the extraction", ("Ctrl+Enter",), "read documents resume go on"),
    Action("extract.pause", "Pause the extraction", ("Esc",), "hold", fixed=True),
    Action("extract.stop", "Stop the extraction", words="cancel at once"),
    Action("extract.new", "New extraction", ("Ctrl+N",), "job folder documents table"),
    Action("extract.jobs", "All extractions", ("Ctrl+G",), "jobs list"),
    Action("extract.folder", "Extract: choose a folder", ("Ctrl+O",), "sources documents"),
    Action("extract.files", "Extract: choose files", words="sources documents"),
    Action("extract.schema", "Extract: choose a schema", words="fields columns"),
    Action("extract.instructions", "Extract: edit the instructions", words="prompt"),
    Action("extract.options", "Extract: how documents are read", words="grounding options"),
    Action("extract.example", "Extract: set up the sample invoices", words="worked example"),
    Action("extract.next", "Next value to review", ("F8",), "doubtful worst first"),
    Action("extract.export", "Export the table", ("Ctrl+S",), "csv jsonl xlsx excel save"),
    Action("extract.again", "Read failed documents again", words="retry"),
    Action("extract.accuracy", "Compare with known values", words="accuracy truth"),
    Action("extract.evaluation", "Save as evaluation set", words="truth corrections"),
    Action("extract.undo", "Undo the correction", ("Ctrl+Z",), "take back"),
    Action("extract.redo", "Redo the correction", _REDO),
    Action("extract.rename", "Rename the extraction", words="title job"),
    Action("extract.delete", "Delete the extraction", words="bin remove job"),
    Action("table.filter", "Filter the rows of the table", ("Ctrl+F",), "find sort group"),
    Action("document.find", "Find in the document", ("Ctrl+F",), "search"),
    Action("document.larger", "Document: larger", ("Ctrl++", "Ctrl+="), "zoom in"),
    Action("document.smaller", "Document: smaller", ("Ctrl+-",), "zoom out"),
    Action("document.fit", "Document: as wide as the view", ("Ctrl+0",), "zoom fit"),
    Action("document.page_after", "Document: the next page", ("Ctrl+PgDown",)),
    Action("document.page_before", "Document: the page before", ("Ctrl+PgUp",)),
    Action("document.look", "Document: its pages or its text", ("Ctrl+T",), "look layout"),
    Action("models.add_file", "Add a GGUF file", ("Ctrl+O",), "open"),
    Action("models.add_folder", "Add a folder of models", ("Ctrl+Shift+O",), "gguf look"),
    Action("models.address", "Look up a model on the hub", ("Ctrl+L",), "download huggingface url repository"),
    Action("models.sizes", "Look up the sizes of recommended models", words="hub ask hash"),
    Action("models.token", "Token of the hub", words="huggingface account key gated"),
    Action("models.endpoint", "Add an endpoint", words="server vllm openai remote elsewhere"),
    Action("models.search", "Filter the models", ("Ctrl+F",), "find"),
    Action("models.refresh", "Look for models again", ("F5",), "scan refresh"),
    Action("models.load", "Load the chosen model", words="swap change"),
    Action("models.reset", "Reset the model to its file's defaults", words="options settings"),
    Action("models.template", "Edit the chat template of the chosen model", words="jinja prompt"),
    Action("models.benchmark", "Run a benchmark of the loaded model", words="speed measure tokens"),
    Action("models.undo", "Undo what was done with models", ("Ctrl+Z",), "take back"),
    Action("window.playground", "Go to Playground", ("Ctrl+1",), "page"),
    Action("window.schemas", "Go to Schemas", ("Ctrl+2",), "page"),
    Action("window.extract", "Go to Extract", ("Ctrl+3",), "page"),
    Action("window.interface", "Go to Interface", ("Ctrl+4",), "page"),
    Action("window.models", "Go to Models", ("Ctrl+5",), "page"),
    Action("window.settings", "Go to Settings", ("Ctrl+,",), "preferences options"),
    Action("window.palette", "Show all commands", ("Ctrl+K",), "palette"),
    Action("window.theme_system", "Theme: as the system", words="theme colours appearance mode"),
    Action("window.theme_light", "Theme: light", words="theme colours appearance mode"),
    Action("window.theme_dark", "Theme: dark", words="theme colours appearance mode"),
    Action("window.use_schema", "Extract with this schema", words="job folder"),
    Action("window.restart_model", "Restart the model", words="host crash load"),
    Action("window.quit", "Quit Espalier", ("Ctrl+Q",), "exit close"),
    *_OF_WIDGETS,
)
"""In the order of lists. What is made from data, such as opening one schema, is a command without an entry here."""

OF_WIDGETS: Final[frozenset[str]] = frozenset(action.id for action in _OF_WIDGETS)

BY_ID: Final[dict[str, Action]] = {action.id: action for action in ACTIONS}


def meet(one: str, other: str) -> bool:
    """Whether keys of two places are heard at once: they are one place, or one lies within the other."""
    return one == other or _within(one, other) or _within(other, one)


def _within(inner: str, outer: str) -> bool:
    return any(around == outer or _within(around, outer) for around in PLACES[inner].within)
