"""How large everything is shown: decided before there is an application, since Qt asks only then.

Qt scales all that it measures in logical pixels, so that text, rows and marks grow together and nothing is cut off.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from engine.settings import KEY, SCALES, read
from engine.store.profile import glance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtGui import QScreen

    from engine.settings import Size

LEAST: Final = (960, 600)
"""The least size of the window, in logical pixels."""
_VARIABLE: Final = "QT_SCALE_FACTOR"


def chosen_size(profile: Path) -> Size:
    """Return the size that the settings of a profile ask for, without opening its store; "normal" if in doubt."""
    return read({KEY: glance(profile, KEY)}).settings.appearance.size


@contextlib.contextmanager
def scaled(size: Size) -> Iterator[None]:
    """Let an application that is made within the block be of a size; what the environment says is multiplied.

    The environment is as before afterwards, since processes that are started inherit it.
    """
    before = os.environ.get(_VARIABLE)
    try:
        factor = float(before or 1) * SCALES[size]
    except ValueError:
        factor = SCALES[size]
    if size != "normal":
        os.environ[_VARIABLE] = f"{factor:g}"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_VARIABLE, None)
        else:
            os.environ[_VARIABLE] = before


def has_room(screen: QScreen, now: Size, wanted: Size) -> bool:
    """Whether the least window fits a screen in another size than the one of now; in a smaller one it does."""
    if SCALES[wanted] <= SCALES[now]:
        return True
    room = screen.size() * (SCALES[now] / SCALES[wanted])
    return room.width() >= LEAST[0] and room.height() >= LEAST[1]
