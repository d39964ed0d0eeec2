"""The program: no arguments open the window, subcommands run in the terminal without Qt."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Session
    from app.window import Window
    from engine.model.client import ClientState


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window, or hand over to the terminal. Returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and not arguments[0].startswith("-"):
        from engine.cli import main as terminal

        return terminal(arguments)
    options = _parser().parse_args(arguments)
    return open_window(options)


def _parser() -> argparse.ArgumentParser:
    from engine._version import __version__

    parser = argparse.ArgumentParser(
        prog="espalier",
        description="A desktop workbench in which a local model can only produce what a JSON schema allows. "
        "Without a command the window opens; commands run in the terminal: generate, extract, models "
        "(espalier COMMAND --help).",
    )
    parser.add_argument("--profile", type=Path, metavar="DIR", help="keep settings, drafts and logs in DIR")
    parser.add_argument("--model", type=Path, metavar="FILE", help="load this GGUF file instead of the bundled model")
    parser.add_argument(
        "--picture", type=Path, metavar="FILE", help="run the worked example without a screen, save a PNG and end"
    )
    timings = "print when the window was shown and usable, and the model ready"
    parser.add_argument("--timings", action="store_true", help=timings)
    parser.add_argument("--version", action="version", version=f"espalier {__version__}")
    return parser


def open_window(options: argparse.Namespace) -> int:
    """Show the window and run until it is closed."""
    import os
    import signal

    if options.picture is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QProcess, QTimer
    from PySide6.QtWidgets import QApplication

    from app.imports import take_back_import

    take_back_import()
    from app import figures
    from app.alerts import RESTART, bring_to_front, install_excepthook, refuse, show_error
    from app.collecting import Collecting
    from app.instance import Instance, ask_to_show
    from app.pages.playground.example import EXAMPLE
    from app.restarting import start_anew
    from app.scale import chosen_size, scaled
    from app.session import Session
    from app.style.theme import Theme
    from app.window import Window
    from engine.errors import EngineError, ProfileInUse
    from engine.log import configure_logging
    from engine.store.profile import default_profile

    profile = options.profile or default_profile()
    with scaled(chosen_size(profile)):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Espalier")
    app.setApplicationDisplayName("Espalier")
    try:
        configure_logging(profile, "app")
    except EngineError as error:
        return refuse(app, error)
    install_excepthook()
    try:
        instance = Instance(profile)
    except ProfileInUse as error:
        return 0 if ask_to_show(profile) else refuse(app, error)
    except EngineError as error:
        return refuse(app, error)
    collecting = Collecting()
    session = Session(profile, options.model)
    session.restore(EXAMPLE)
    figures.use(session.preferences.now.locale.language)
    theme = Theme(app, session.preferences.now.appearance.theme)
    window = Window(theme, session)
    window.restore()
    instance.shown_again.connect(lambda: bring_to_front(window))
    session.failed.connect(lambda error: show_error(window, session, error))
    session.leaving_asked.connect(lambda job: start_anew(window, session, job))
    window.show()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    if options.timings:
        _tell_times(window, session)
    QTimer.singleShot(0, session.start)
    if options.picture is not None:
        from app.picture import take_picture

        code = take_picture(app, window, session, options.picture)
    else:
        code = app.exec()
    collecting.close()
    instance.release()
    if code == RESTART:
        QProcess.startDetached(sys.executable, ["-m", "app", *sys.argv[1:]])
    return code


def _tell_time(event: str) -> None:
    """Print a JSON line with the wall clock, from which whoever started the process subtracts its own."""
    import json

    print(json.dumps({"event": event, "at": round(time.time(), 4)}), flush=True)


def _tell_times(window: Window, session: Session) -> None:
    """Tell when the window was shown, when it first waited for input, and when the model was ready."""
    from PySide6.QtCore import QTimer

    told: set[str] = set()

    def once(state: ClientState) -> None:
        if state.phase == "ready" and not told:
            told.add("ready")
            _tell_time("model_ready")

    session.model_changed.connect(once)
    window.repaint()
    _tell_time("window_shown")
    QTimer.singleShot(0, lambda: _tell_time("usable"))


if __name__ == "__main__":
    sys.exit(main())
