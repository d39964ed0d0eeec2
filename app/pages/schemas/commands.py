"""What the schema editor does for its commands, and the schemas by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.models.commands import Command
from app.models.page_commands import Intent, commands_of
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.page_commands import Frame
    from app.pages.schemas.page import SchemasPage


def _editable(page: SchemasPage) -> bool:
    return page.editing.editable


def intents() -> dict[str, Intent[SchemasPage]]:
    """Return what the schema editor does for each of its commands."""
    return {
        "schemas.new": Intent(lambda page: page.ways.new_schema()),
        "schemas.describe": Intent(lambda page: page.describe()),
        "schemas.import": Intent(lambda page: page.ways.open_files()),
        "schemas.paste": Intent(lambda page: page.ways.paste()),
        "schemas.save": Intent(lambda page: page.save_version(), _editable),
        "schemas.versions": Intent(lambda page: page.show_versions(), _editable),
        "schemas.undo": Intent(lambda page: page.editing.undo(), _editable),
        "schemas.redo": Intent(lambda page: page.editing.redo(), _editable),
        "schemas.strict": Intent(lambda page: page.rewrite("strict"), _editable),
        "schemas.lenient": Intent(lambda page: page.rewrite("lenient"), _editable),
        "schemas.upgrade": Intent(lambda page: page.rewrite("upgrade"), _editable),
        "schemas.form": Intent(lambda page: page.fill_in(), _editable),
        "schemas.sample": Intent(lambda page: page.editing.trial.again()),
        "schemas.vary": Intent(lambda page: page.trial.vary(), _editable),
        "schemas.search": Intent(lambda page: page.focus_search()),
        "schemas.next_problem": Intent(lambda page: page.text.view.next_problem()),
        "schemas.problem_before": Intent(lambda page: page.text.view.problem_before()),
    }


def commands(frame: Frame) -> list[Command]:
    """Return what the palette can do with schemas: commands that make the editor first, and schemas by name."""

    def page() -> SchemasPage:
        from app.pages.schemas.page import SchemasPage

        made = frame.page("Schemas")
        assert isinstance(made, SchemasPage), "the page of schemas is the page of schemas"
        return made

    library = frame.session.schemas

    def open_schema(schema: int) -> Callable[[], None]:
        def do() -> None:
            frame.show_page("Schemas")
            library.open(schema)

        return do

    return [
        *commands_of(frame, "Schemas", intents(), page),
        *(
            Command(
                f"Open schema: {one_line(row.name, 60)}",
                open_schema(row.id),
                words=" ".join(row.tags),
                id=f"schemas.open/{row.id}",
            )
            for row in library.rows
        ),
    ]
