"""What the Playground does for its commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.exchange import FORMATS
from app.models.page_commands import Intent, commands_of

if TYPE_CHECKING:
    from app.models.commands import Command
    from app.models.page_commands import Frame
    from app.pages.playground.page import PlaygroundPage


def _running(page: PlaygroundPage) -> bool:
    return page.session.chat.running is not None


def _idle(page: PlaygroundPage) -> bool:
    return not _running(page)


def _comparing(page: PlaygroundPage) -> bool:
    return page.session.comparison.active


def _composed(page: PlaygroundPage) -> bool:
    return page.composer.can_run and not _comparing(page)


def _runnable(page: PlaygroundPage) -> bool:
    return page.session.comparison.can_run if _comparing(page) else page.composer.can_run


def _answered(page: PlaygroundPage) -> bool:
    return page.session.chat.answer is not None and not _running(page)


def _ended(page: PlaygroundPage) -> bool:
    return _answered(page) and not _comparing(page)


def _several(page: PlaygroundPage) -> bool:
    chat = page.session.chat
    message = chat.focus.message
    known = message is not None and message in chat.conversation
    return message is not None and known and len(chat.conversation.alternatives(message).ids) > 1


def intents() -> dict[str, Intent[PlaygroundPage]]:
    """Return what the Playground does for each of its commands."""
    return {
        "playground.run": Intent(lambda page: page.run(), _runnable),
        "playground.stop": Intent(lambda page: page.stop(), _running, pressed=lambda page: page.escape(), stays=True),
        "playground.run_again": Intent(lambda page: page.run_again(), _ended),
        "playground.edit": Intent(lambda page: page.edit_message(), _answered),
        "playground.continue": Intent(lambda page: page.continue_answer(), _ended),
        "playground.compare_settings": Intent(lambda page: page.session.comparison.compare_settings(), _ended),
        "playground.compare_answers": Intent(lambda page: page.session.comparison.compare_answers(), _several),
        "playground.compare_draft": Intent(lambda page: page.compare_draft(), _composed),
        "comparison.next": Intent(lambda page: page.step_difference(1), _comparing, stays=True),
        "comparison.before": Intent(lambda page: page.step_difference(-1), _comparing, stays=True),
        "playground.new": Intent(lambda page: page.new_thread()),
        "playground.attach": Intent(lambda page: page.attach()),
        "playground.run_example": Intent(lambda page: page.run_example(), _idle),
        "playground.load_example": Intent(lambda page: page.load_example(), _idle),
        "playground.prompt": Intent(lambda page: page.show_exact_prompt()),
        "playground.search": Intent(lambda page: page.search_threads()),
        "playground.threads": Intent(lambda page: page.toggle_threads()),
        "playground.export": Intent(lambda page: page.export([page.session.chat.id])),
        "playground.import": Intent(lambda page: page.import_files()),
        "playground.rename": Intent(lambda page: page.rename_thread()),
        "playground.inspector": Intent(lambda page: page.toggle_inspector()),
        "playground.sampling": Intent(lambda page: page.toggle_sampling()),
        "playground.message_before": Intent(lambda page: page.walk(-1)),
        "playground.message_after": Intent(lambda page: page.walk(1)),
        "playground.answer_before": Intent(lambda page: page.step_answer(-1)),
        "playground.answer_after": Intent(lambda page: page.step_answer(1)),
        **{
            f"playground.show_{name.lower()}": Intent(partial(lambda name, page: page.answer.choose(name), name))
            for name in ("Read", "JSON", "Tokens", "Receipt")
        },
        **{
            f"playground.format_{name}": Intent(partial(lambda name, page: page.inspector.response.choose(name), name))
            for name in FORMATS
        },
    }


def commands(frame: Frame) -> list[Command]:
    """Return what the palette can do with threads and answers."""

    def page() -> PlaygroundPage:
        from app.pages.playground.page import PlaygroundPage

        made = frame.page("Playground")
        assert isinstance(made, PlaygroundPage), "the Playground is the Playground"
        return made

    return commands_of(frame, "Playground", intents(), page)
