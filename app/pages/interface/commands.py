"""What the page of interfaces does for its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.models.page_commands import Intent, commands_of

if TYPE_CHECKING:
    from app.models.commands import Command
    from app.models.page_commands import Frame
    from app.pages.interface.page import InterfacePage


def _shown(page: InterfacePage) -> bool:
    return page.session.tree is not None


def _running(page: InterfacePage) -> bool:
    return page.session.running is not None


def _idle(page: InterfacePage) -> bool:
    return _shown(page) and not _running(page)


def _not_running(page: InterfacePage) -> bool:
    return not _running(page)


def intents() -> dict[str, Intent[InterfacePage]]:
    """Return what the page of interfaces does for each of its commands."""
    return {
        "interface.new": Intent(lambda page: page.new()),
        "interface.run": Intent(lambda page: page.run(), _not_running, unmade=True),
        "interface.stop": Intent(lambda page: page.stop(), _running, pressed=lambda page: page.escape()),
        "interface.gallery": Intent(lambda page: page.search(), pressed=lambda page: page.toggle_gallery()),
        "interface.search": Intent(lambda page: page.search()),
        "interface.import": Intent(lambda page: page.ways.import_files()),
        "interface.attach_data": Intent(lambda page: page.ways.attach_data()),
        "interface.attach_picture": Intent(lambda page: page.ways.attach_picture()),
        "interface.rename": Intent(lambda page: page.rename(), _shown),
        "interface.duplicate": Intent(lambda page: page.duplicate(), _shown),
        "interface.delete": Intent(lambda page: page.delete(), _shown),
        "interface.undo": Intent(lambda page: page.session.undo(), lambda page: page.session.can_undo),
        "interface.redo": Intent(lambda page: page.session.redo_edit(), lambda page: page.session.can_redo),
        "interface.composer": Intent(lambda page: page.focus_composer()),
        "interface.tree": Intent(lambda page: page.tree.focus_tree(), _shown),
        "interface.inspect": Intent(lambda page: page.preview.inspect.toggle(), _shown),
        "interface.phone": Intent(lambda page: page.show_device("phone"), _shown),
        "interface.tablet": Intent(lambda page: page.show_device("tablet"), _shown),
        "interface.desktop": Intent(lambda page: page.show_device("desktop"), _shown),
        "interface.full": Intent(lambda page: page.toggle_full(), _shown),
        "interface.other_theme": Intent(lambda page: page.preview.other_theme.toggle(), _shown),
        "interface.reset": Intent(lambda page: page.reset(), _shown),
        "interface.play": Intent(lambda page: page.preview.scrubber.toggle(), _idle),
        "interface.export_json": Intent(lambda page: page.ways.export("json", "save"), _idle),
        "interface.export_pyside": Intent(lambda page: page.ways.export("pyside", "save"), _idle),
        "interface.export_html": Intent(lambda page: page.ways.export("html", "save"), _idle),
        "interface.export_png": Intent(lambda page: page.ways.export("png", "save"), _idle),
    }


def commands(frame: Frame) -> list[Command]:
    """Return what the palette can do with interfaces, which makes their page first."""

    def page() -> InterfacePage:
        from app.pages.interface.page import InterfacePage

        made = frame.page("Interface")
        assert isinstance(made, InterfacePage), "the page of interfaces is the page of interfaces"
        return made

    return commands_of(frame, "Interface", intents(), page)
