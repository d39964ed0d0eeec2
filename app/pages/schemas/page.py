"""Schemas: a tree and the text of the same document. Still to come."""

from __future__ import annotations

from app.widgets.unbuilt_page import UnbuiltPage


class SchemasPage(UnbuiltPage):
    """The schema editor to come."""

    title = "Schemas"
    line = "Here schemas will be drawn as a tree and written as text, in step both ways."
    hint = "Until then, write one beside the prompt in the Playground: its errors are shown at their lines."
