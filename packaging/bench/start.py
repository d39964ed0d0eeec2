"""`bench start`: how soon the window is there, and whether it stays quick while an answer streams.

Each start is a process of its own that runs the program's own `main` on a kept profile, without a screen:

* shown: the window has painted itself for the first time;
* usable: a key pressed right after that stands in the prompt, painted;
* ready: the model answers.

All from the moment the process was asked for. The first start fills the file cache and lays out the weights; it is
thrown away. Then, in one such process, answers stream in the Playground while a timer of 2 ms notes how late it
comes: the gap is the time between two of its calls less its interval, from Run to the end of the answer. A start or
a gap in which the whole machine stood still is left out, and said to be.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _instances import is_valid
from _ours import ROOT, SAMPLES
from _pauses import Pauses
from _report import close, median, percentile, print_table, say, say_load, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.exchange import Answer
    from app.session import Session
    from app.window import Window

_INTERVAL_MS = 2
_LONG_MS = 50
_TOLD = 20
_PATIENCE_S = 300
_TYPED = "q"


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench start", description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="starts that count (7)")
    parser.add_argument("--answers", type=int, default=3, metavar="N", help="answers that stream (3)")
    asked = parser.parse_args(argv)
    say_load()
    with tempfile.TemporaryDirectory() as scratch, Pauses() as pauses:
        profile = Path(scratch) / "profile"
        warm_up = _start(profile, answers=0)
        tell(f"thrown away: ready after {warm_up['ready_s']:.1f} s")
        starts = [_undisturbed(profile, pauses) for _ in range(asked.repeat)]
        streamed = _start(profile, answers=asked.answers)
        for answer in streamed["answers"]:
            _leave_out_pauses(answer, pauses)
    names = {"shown_s": "window shown", "usable_s": "usable", "ready_s": "model ready"}
    rows = [
        (name, len(starts), median(times), min(times), max(times))
        for key, name in names.items()
        if (times := [start[key] for start in starts])
    ]
    print_table("Start, in seconds", ("from the process's start", "n", "median", "min", "max"), rows)
    say(pauses.describe())
    gaps = [gap for answer in streamed["answers"] for gap in answer["gaps_ms"]]
    print_table(
        f"Gaps of the event loop while an answer streams, in milliseconds beyond {_INTERVAL_MS}",
        ("answer", "tokens", "tokens/s", "seconds", "window's cores", "calls", "p50", "p99", "max"),
        [
            (
                answer["name"],
                answer["tokens"],
                answer["speed"],
                answer["seconds"],
                answer["worked_s"] / answer["seconds"],
                len(answer["gaps_ms"]),
                *(percentile(answer["gaps_ms"], share) for share in (0.5, 0.99, 1.0)),
            )
            for answer in streamed["answers"]
        ],
    )
    say("window's cores: processor seconds of the window's process a second, while the model shares the machine.")
    say(f"{sum(gap > _LONG_MS for gap in gaps)} of {len(gaps):,} gaps were longer than {_LONG_MS} ms.")
    for answer in streamed["answers"]:
        for moment, gap, own in answer["long"][:_TOLD]:
            say(f"{answer['name']}: {gap:.0f} ms at {moment:.1f} s, {own:.0f} ms of it the window's own work")
    faults = [fault for start in (*starts, streamed) for fault in start["faults"]]
    if len(streamed["answers"]) < asked.answers:
        faults.append(f"only {len(streamed['answers'])} of {asked.answers} answers came to their end")
    figures = {
        "window_shown_s": median([start["shown_s"] for start in starts]),
        "usable_s": median([start["usable_s"] for start in starts]),
        "ready_s": median([start["ready_s"] for start in starts]),
        "gap_ms_p50": percentile(gaps, 0.5),
        "gap_ms_max": percentile(gaps, 1.0),
        "gap_ms_p99": percentile(gaps, 0.99),
        "answers": len(streamed["answers"]),
        "machine_pauses": pauses.count,
    }
    return close(figures, faults)


def _undisturbed(profile: Path, pauses: Pauses) -> dict[str, Any]:
    """Start the program; once more where the machine stood still meanwhile."""
    while True:
        begun = time.monotonic()
        measured = _start(profile, answers=0)
        if not pauses.lost(begun):
            return measured
        tell("a start met a pause of the machine: once more")


def _leave_out_pauses(answer: dict[str, Any], pauses: Pauses) -> None:
    """Take out the gaps that are pauses of the machine; moments become seconds since Run."""
    kept = []
    for moment, gap, own in answer["long"]:
        if pauses.lost(moment, moment + gap / 1e3):
            answer["gaps_ms"].remove(gap)
        else:
            kept.append((moment - answer["begun"], gap, own))
    answer["long"] = kept


def _start(profile: Path, *, answers: int) -> dict[str, Any]:
    """Start the program once and return what it measured of itself."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, __file__, str(profile), str(answers), repr(time.monotonic())]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, timeout=_PATIENCE_S * (answers + 1), check=True, text=True
    )
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


@dataclass
class Probe:
    """Sits in the started program and looks on. `born` is when its process was asked for (a monotonic time)."""

    born: float
    answers: int
    moments: dict[str, float] = field(default_factory=dict)
    streamed: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    window: Window | None = None
    session: Session | None = None

    def note(self, name: str) -> None:
        """Write down that something has happened, the first time."""
        self.moments.setdefault(name, time.monotonic() - self.born)

    def install(self) -> None:
        """Be told when the window is shown and when the session starts."""
        from app.session import Session
        from app.window import Window

        show, start = Window.show, Session.start

        def show_and_look(window: Window) -> None:
            show(window)
            self.window = window
            self._look()

        def start_and_listen(session: Session) -> None:
            self.session = session
            session.model_changed.connect(self._model_changed)
            start(session)

        Window.show, Session.start = show_and_look, start_and_listen

    def _look(self) -> None:
        """Wait for the first paint, then press a key and wait until it is painted."""
        from PySide6.QtCore import QEvent, QObject, Qt, QTimer
        from PySide6.QtGui import QKeyEvent
        from PySide6.QtWidgets import QApplication

        assert self.window is not None
        prompt = self.window.playground.composer.text
        before = prompt.toPlainText()
        probe = self

        class Look(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
                if event.type() == QEvent.Type.Paint:
                    if watched is probe.window and "shown_s" not in probe.moments:
                        # After this event the window's own painting and its children's are done.
                        QTimer.singleShot(0, shown)
                    elif watched is prompt.viewport() and prompt.toPlainText() != before:
                        QTimer.singleShot(0, usable)
                return False

        def shown() -> None:
            if "shown_s" in probe.moments:
                return
            probe.note("shown_s")
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                key = QKeyEvent(kind, Qt.Key.Key_Q, Qt.KeyboardModifier.NoModifier, _TYPED)
                QApplication.postEvent(prompt, key)

        def usable() -> None:
            if "usable_s" in probe.moments:
                return
            probe.note("usable_s")
            prompt.setPlainText(before)
            probe._go_on()

        look = Look(self.window)
        self.window.installEventFilter(look)
        prompt.viewport().installEventFilter(look)
        self.window.update()  # where `show` has painted already, once more
        QTimer.singleShot(_PATIENCE_S * 1000 * (self.answers + 1) - 20_000, self._give_up)

    def _model_changed(self, state: Any) -> None:
        if state.phase == "ready":
            self.note("ready_s")
            self._go_on()
        elif state.phase in {"failed", "crashed"}:
            self.faults.append(f"the model: {state.error}")
            self._end()

    def _go_on(self) -> None:
        """Once the window is usable and the model ready, let answers stream or end."""
        if not {"usable_s", "ready_s"} <= self.moments.keys():
            return
        if self.answers:
            self._stream(0)
        else:
            self._end()

    def _stream(self, number: int) -> None:
        """Run the worked example, then the large sample, and so on in turn; note the timer's gaps meanwhile."""
        from PySide6.QtCore import Qt, QTimer

        assert self.window is not None
        assert self.session is not None
        if number == self.answers:
            self._end()
            return
        session, gaps, long = self.session, list[float](), list[tuple[float, float, float]]()
        begun = last = time.monotonic()
        worked, busy = time.thread_time(), time.process_time()

        def tick() -> None:
            nonlocal last, worked
            now, work = time.monotonic(), time.thread_time()
            gap = max(0.0, (now - last) * 1e3 - _INTERVAL_MS)
            gaps.append(gap)
            if gap > _LONG_MS:
                long.append((last, gap, (work - worked) * 1e3))
            last, worked = now, work

        def changed(answer: Answer | None) -> None:
            if answer is None or answer.running:
                return
            session.runs.changed.disconnect(changed)
            # One more turn of the loop: what the answer's last piece costs to paint belongs to it.
            QTimer.singleShot(50, lambda: ended(answer))

        def ended(answer: Answer) -> None:
            timer.stop()
            spent = {"seconds": time.monotonic() - begun, "worked_s": time.process_time() - busy}
            self._take(answer, {"name": name, "begun": begun, "gaps_ms": gaps, "long": long, **spent})
            QTimer.singleShot(200, lambda: self._stream(number + 1))

        timer = QTimer(self.window)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        name, run = self._choose(number)
        session.runs.changed.connect(changed)
        timer.start(_INTERVAL_MS)
        run()

    def _choose(self, number: int) -> tuple[str, Callable[[], None]]:
        from app.exchange import Draft

        assert self.window is not None
        assert self.session is not None
        if number % 2 == 0:
            return "worked example", self.window.playground.run_example
        session = self.session
        text = (SAMPLES / "schemas" / "large.txt").read_text("utf-8")
        schema = (SAMPLES / "schemas" / "large.json").read_text("utf-8")
        return "large sample", lambda: session.chat.ask(Draft(prompt=text, schema=schema, max_tokens=2048))

    def _take(self, answer: Answer, measured: dict[str, Any]) -> None:
        whole = answer.state == "done" and is_valid(answer.text, json.loads(answer.draft.schema))
        if whole:
            receipt = answer.receipt or {}
            writing = receipt["total_s"] - receipt["first_token_s"]
            self.streamed.append(measured | {"tokens": answer.tokens, "speed": answer.tokens / writing})
        else:
            self.faults.append(f"{measured['name']}: {answer.state}, {answer.error or 'not valid'}")

    def _give_up(self) -> None:
        self.faults.append(f"not done in time; seen: {', '.join(self.moments) or 'nothing'}")
        self._end()

    def _end(self) -> None:
        from PySide6.QtWidgets import QApplication

        assert self.window is not None
        print(json.dumps({"answers": self.streamed, "faults": self.faults, **self.moments}), flush=True)
        self.window.close()
        QApplication.quit()


def look_on() -> int:
    """Run the program in this process with a probe in it."""
    from app.__main__ import main as program

    profile, answers, born = sys.argv[1:]
    Probe(float(born), int(answers)).install()
    return program(["--profile", profile])


if __name__ == "__main__":
    sys.exit(look_on())
