"""The design's values: colours of both themes, sizes in logical pixels."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme, as `#RRGGBB` (the shadow: `#AARRGGBB`), named by what they are for."""

    canvas: str
    surface: str
    raised: str
    sunken: str
    hairline: str
    line: str
    hover: str
    select: str
    text: str
    text2: str
    text3: str
    accent: str
    accentHover: str  # noqa: N815 -- the tokens are spelled as the designs spell them
    accentText: str  # noqa: N815
    accentSoft: str  # noqa: N815
    accentLine: str  # noqa: N815
    onAccent: str  # noqa: N815
    amber: str
    amberMark: str  # noqa: N815
    amberSoft: str  # noqa: N815
    brick: str
    brickMark: str  # noqa: N815
    brickSoft: str  # noqa: N815
    synStr: str  # noqa: N815
    synNum: str  # noqa: N815
    synKw: str  # noqa: N815
    paper: str
    shadow: str
    provisionalRow: str  # noqa: N815 -- mixes: a row that is being written,
    failedRow: str  # noqa: N815 -- one that failed,
    currentLine: str  # noqa: N815 -- and the line of the caret

    def named(self) -> dict[str, str]:
        """Return every token by its name."""
        return asdict(self)


def mix(ground: str, tint: str, share: float) -> str:
    """Return `ground` with `share` (0..1) of `tint` laid over it; both and the result are `#RRGGBB`."""
    channels = zip(bytes.fromhex(ground[1:]), bytes.fromhex(tint[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in channels)


LIGHT: Final = Tokens(
    canvas="#F5F3EE",
    surface="#FDFCFA",
    raised="#FFFFFF",
    sunken="#ECE9E2",
    hairline="#E2DED5",
    line="#C6C0B4",
    hover="#EDEAE3",
    select="#E6E2D8",
    text="#22201C",
    text2="#57524A",
    text3="#69635A",
    accent="#2F7D4F",
    accentHover="#276B43",
    accentText="#24653F",
    accentSoft="#E1EEE4",
    accentLine="#9AC4A8",
    onAccent="#FFFFFF",
    amber="#855506",
    amberMark="#B87B0C",
    amberSoft="#FAEED3",
    brick="#A33B2C",
    brickMark="#B9493A",
    brickSoft="#F8E4DF",
    synStr="#2B6B48",
    synNum="#2E5F86",
    synKw="#7A4A86",
    paper="#FFFFFF",
    shadow="#33281E14",
    provisionalRow=mix("#FDFCFA", "#E1EEE4", 0.60),
    failedRow=mix("#FDFCFA", "#F8E4DF", 0.75),
    currentLine=mix("#FDFCFA", "#ECE9E2", 0.70),
)

DARK: Final = Tokens(
    canvas="#1C1B19",
    surface="#232120",
    raised="#2C2A27",
    sunken="#161514",
    hairline="#37342F",
    line="#56514A",
    hover="#292724",
    select="#35322D",
    text="#EDE9E1",
    text2="#BDB6AA",
    text3="#A09989",
    accent="#6CC48A",
    accentHover="#84D19E",
    accentText="#82CF9B",
    accentSoft="#24382B",
    accentLine="#437153",
    onAccent="#0E2115",
    amber="#E4B55A",
    amberMark="#D8A23C",
    amberSoft="#3C311C",
    brick="#EE9A88",
    brickMark="#DB7461",
    brickSoft="#452820",
    synStr="#8CCBA0",
    synNum="#93BADC",
    synKw="#CFA6D8",
    paper="#EFECE5",
    shadow="#87000000",
    provisionalRow=mix("#232120", "#24382B", 0.60),
    failedRow=mix("#232120", "#452820", 0.55),
    currentLine=mix("#232120", "#161514", 0.70),
)

THEMES: Final[dict[ThemeName, Tokens]] = {"light": LIGHT, "dark": DARK}

RAIL: Final = 72
RAIL_ITEM: Final = 64
HEADER: Final = 48
TABS: Final = 40
STATUS: Final = 28
CONTROL: Final = 28
BUTTON_INSET: Final = 9
ROW: Final = 32
NESTED_ROW: Final = 28
LABELS: Final = 144
INSPECTOR: Final = 368
THREADS: Final = 256
SCHEMAS: Final = 208
PANEL_MARGIN: Final = 16
ANSWER_MARGIN: Final = 24
WIDE: Final = 1600
FRAME_MS: Final = 33
FADE_MS: Final = 120
