from __future__ import annotations

import subprocess
import sys

import pytest

from app.__main__ import main


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("espalier 0.")


def test_the_terminal_does_not_load_qt() -> None:
    code = (
        "import sys; from app.__main__ import main\n"
        "try: main(['models', '--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout


def test_the_window_does_not_wait_for_what_only_the_model_needs() -> None:
    code = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "import app.window, app.session\n"
        "heavy = {'pydantic', 'numpy', 'jsonschema', 'llama_cpp', 'asyncio', 'psutil', 'qtawesome', 'pyqtgraph'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_of_interfaces_does_not_wait_for_what_charts_are_drawn_with() -> None:
    code = (
        "import os, sys, tempfile, threading; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from pathlib import Path\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from app.pages.playground.example import EXAMPLE\n"
        "from app.session import Session\n"
        "from app.style.theme import Theme\n"
        "from app.window import Window\n"
        "met = {}\n"
        "class Watch:\n"
        "    @staticmethod\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        met.setdefault(name, threading.current_thread() is threading.main_thread())\n"
        "sys.meta_path.insert(0, Watch)\n"
        "qt = QApplication([]); session = Session(Path(tempfile.mkdtemp())); session.restore(EXAMPLE)\n"
        "window = Window(Theme(qt, 'light'), session); window.restore(); window.show()\n"
        "assert not {'pyqtgraph', 'numpy'} & met.keys(), 'imported before somebody came'\n"
        "window.show_page('Interface')\n"
        "window.close()\n"
        "print(met['pyqtgraph'], met['numpy'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"


def test_the_window_does_not_wait_for_what_most_starts_do_without() -> None:
    code = (
        "import os, sys, tempfile; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from pathlib import Path\n"
        "from PySide6.QtWidgets import QApplication\n"
        "import app.alerts\n"
        "from app.pages.playground.example import EXAMPLE\n"
        "from app.session import Session\n"
        "from app.style.theme import Theme\n"
        "from app.window import Window\n"
        "qt = QApplication([]); session = Session(Path(tempfile.mkdtemp())); session.restore(EXAMPLE)\n"
        "window = Window(Theme(qt, 'light'), session); window.restore(); window.show(); window.commands()\n"
        "print(sorted({'app.damage', 'app.pages.playground.compare'} & set(sys.modules)))\n"
        "window.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
