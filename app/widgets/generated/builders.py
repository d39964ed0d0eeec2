"""Which part shows which component: the one map from type to part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.widgets.generated.actions import Button
from app.widgets.generated.choices import Choice
from app.widgets.generated.containers import Card, Column, Divider, Grid, Repeat, Root, Row, Section, When
from app.widgets.generated.data import Chart, Markdown, Table, Tree
from app.widgets.generated.dialogs import Dialog
from app.widgets.generated.fields import Field
from app.widgets.generated.figures import Facts, Metric, Progress
from app.widgets.generated.forms import Form
from app.widgets.generated.switches import Slider, Toggle
from app.widgets.generated.tabs import Split, Tab, Tabs
from app.widgets.generated.texts import Alert, Badge, Icon, Image, Text

if TYPE_CHECKING:
    from app.widgets.generated.part import Part

BUILDERS: Final[dict[str, type[Part]]] = {
    "root": Root,
    "row": Row,
    "column": Column,
    "grid": Grid,
    "card": Card,
    "section": Section,
    "tabs": Tabs,
    "tab": Tab,
    "split": Split,
    "dialog": Dialog,
    "form": Form,
    "when": When,
    "repeat": Repeat,
    "text": Text,
    "image": Image,
    "icon": Icon,
    "badge": Badge,
    "alert": Alert,
    "metric": Metric,
    "facts": Facts,
    "progress": Progress,
    "divider": Divider,
    "markdown": Markdown,
    "tree": Tree,
    "table": Table,
    "chart": Chart,
    "field": Field,
    "choice": Choice,
    "toggle": Toggle,
    "slider": Slider,
    "button": Button,
}
