"""Extract: a folder of documents to a table. Still to come."""

from __future__ import annotations

from app.widgets.unbuilt_page import UnbuiltPage


class ExtractPage(UnbuiltPage):
    """The extraction page to come."""

    title = "Extract"
    line = "Here a folder of documents will become a table that says which cells to trust."
    hint = "It works in the terminal today: espalier extract FOLDER --schema FILE --out rows.csv"
