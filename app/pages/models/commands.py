"""What the page of models does for its commands, and the models by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.model_names import name_of
from app.models.commands import Command
from app.models.page_commands import Intent, commands_of
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.page_commands import Frame
    from app.pages.models.page import ModelsPage


def intents() -> dict[str, Intent[ModelsPage]]:
    """Return what the page of models does for each of its commands."""
    return {
        "models.add_file": Intent(lambda page: page.ways.add_file()),
        "models.add_folder": Intent(lambda page: page.ways.add_folder()),
        "models.address": Intent(lambda page: page.focus_address()),
        "models.sizes": Intent(lambda page: page.fetching.ask()),
        "models.token": Intent(lambda page: page.deeds.give_token()),
        "models.endpoint": Intent(lambda page: page.elsewhere.add()),
        "models.search": Intent(lambda page: page.search()),
        "models.refresh": Intent(lambda page: page.session.models.refresh()),
        "models.load": Intent(lambda page: page.showing.side.load(), lambda page: page.showing.side.can_load),
        "models.reset": Intent(lambda page: page.showing.side.reset(), lambda page: page.showing.side.can_reset),
        "models.template": Intent(
            lambda page: page.showing.side.edit_template(), lambda page: page.showing.side.can_load
        ),
        "models.benchmark": Intent(
            lambda page: page.session.benchmarks.run(), lambda page: page.session.models.loaded_key is not None
        ),
        "models.undo": Intent(lambda page: page.undo(), lambda page: page.can_undo),
    }


def commands(frame: Frame) -> list[Command]:
    """Return what the palette can do with models, which makes their page first, and those that can be loaded."""

    def page() -> ModelsPage:
        from app.pages.models.page import ModelsPage

        made = frame.page("Models")
        assert isinstance(made, ModelsPage), "the page of models is the page of models"
        return made

    def load(key: str) -> Callable[[], None]:
        def do() -> None:
            frame.show_page("Models")
            page().list.choose(key)
            page().session.models.load(key)

        return do

    models = frame.session.models if frame.is_made("Models") else None
    entries = models.entries if models is not None else []
    return [
        *commands_of(frame, "Models", intents(), page),
        *(
            Command(f"Load model: {one_line(name_of(entry.file), 60)}", load(entry.key), id=f"models.load/{entry.key}")
            for entry in entries
            if entry.loadable and models is not None and entry.key != models.loaded_key
        ),
    ]
