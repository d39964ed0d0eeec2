"""How a model is loaded: the settings of the panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.load_choices import CACHE_TYPES, FLASH, build_words, context_choices, template_words
from app.models.model_words import place_words
from app.pages.models.fields import ChoiceBox, NumberField, ScaleField, field_row
from app.style.tips import plain_tip
from app.widgets.controls import Mark, button, icon_button, label, set_icon
from app.widgets.elided_label import ElidedLabel
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.gguf import ModelFacts
    from engine.model.fit import Build
    from engine.model.protocol import Adapter, LoadOptions

_FROM_FILE, _CHATML, _EDITED = "From the file", "ChatML", "Edited"
_MOST_LAYERS = 1000


class LoadWith(Section):
    """Context, threads, layers, lanes and template; the rest is folded away. `changed` says what they are now."""

    changed = Signal(object)
    template_asked = Signal()
    adapter_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Load with")
        self._theme = theme
        self._options: LoadOptions | None = None
        self.context = ChoiceBox(theme, "Context")
        self.threads = NumberField(theme, "Threads", 1, 512, "as many as help")
        self.layers = NumberField(theme, "GPU layers", -1, _MOST_LAYERS, "none")
        self.lanes = NumberField(theme, "Lanes", 1, 64)
        self.template = ChoiceBox(theme, "Chat template")
        self.edit = icon_button(theme, "pencil-simple", "Edit the chat template, with a preview")
        self._template_mark = Mark(theme, "check")
        self._template_says = ElidedLabel(theme, 12, ink="text2")
        self.wrong = label(theme, "", 12, ink="brick")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        self.more = button(theme, "More", "fold", "caret-right", name="More settings for loading")
        self._rest = QWidget()
        self.batch = NumberField(theme, "Prompt batch", 32, 8192)
        self.cache = ChoiceBox(theme, "Cache")
        self.flash = ChoiceBox(theme, "Flash attention")
        self.adapters = AdapterRows(theme)
        self._build()
        self._connect()

    def _build(self) -> None:
        theme, inside = self._theme, self.inside
        for name, field, tip in (
            ("Context", self.context, "Tokens that one answer may use, its prompt included"),
            ("Threads", self.threads, ""),
            ("GPU layers", self.layers, ""),
            ("Lanes", self.lanes, ""),
        ):
            row = field_row(theme, name, field)
            row.setToolTip(tip)
            inside.addWidget(row)
        inside.addWidget(self.wrong)
        beside = QWidget()
        pair = QHBoxLayout(beside)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(4)
        pair.addWidget(self.template, 1)
        pair.addWidget(self.edit)
        inside.addWidget(field_row(theme, "Chat template", beside))
        said = QHBoxLayout()
        said.setContentsMargins(0, 2, 0, 4)
        said.setSpacing(6)
        said.addWidget(self._template_mark)
        said.addWidget(self._template_says, 1)
        inside.addLayout(said)
        rest = QVBoxLayout(self._rest)
        rest.setContentsMargins(0, 2, 0, 0)
        rest.setSpacing(0)
        for name, field in (
            ("Prompt batch", self.batch), ("Cache", self.cache), ("Flash attention", self.flash),
        ):  # fmt: skip
            rest.addWidget(field_row(theme, name, field))
        rest.addSpacing(4)
        rest.addWidget(self.adapters)
        self._rest.hide()
        fold = QHBoxLayout()
        fold.setContentsMargins(0, 0, 0, 0)
        fold.addWidget(self.more)
        fold.addStretch(1)
        inside.addLayout(fold)
        inside.addWidget(self._rest)

    def _connect(self) -> None:
        for number in (self.threads, self.layers, self.lanes, self.batch):
            number.edited.connect(self._tell)
            number.marked.connect(self._show_wrong)
        for choice in (self.context, self.cache, self.flash):
            choice.picked.connect(self._tell)
        self.template.picked.connect(self._template_picked)
        self.edit.clicked.connect(self.template_asked)
        self.adapters.changed.connect(self._tell)
        self.adapters.add.clicked.connect(self.adapter_asked)
        self.more.clicked.connect(lambda: self.show_more(shown=self._rest.isHidden()))

    def _show_wrong(self, words: str) -> None:
        self.wrong.setText(words)
        self.wrong.setVisible(bool(words))

    def show_more(self, *, shown: bool) -> None:
        """Show the settings that are rarely needed, or fold them away."""
        self._rest.setVisible(shown)
        set_icon(self._theme, self.more, "caret-down" if shown else "caret-right")

    @property
    def options(self) -> LoadOptions | None:
        """What is set; None where no model is shown."""
        return self._options

    def show_options(self, options: LoadOptions, facts: ModelFacts | None, build: Build | None) -> None:
        """Show how a model is loaded, of which its header tells `facts`."""
        self._options = options
        self.context.offer(context_choices(facts.context if facts else None, options.context), options.context)
        self.threads.show_value(options.threads)
        self.lanes.show_value(options.lanes)
        self.batch.show_value(options.batch)
        offloads = build is not None and build.can_offload
        self.layers.setEnabled(offloads or options.gpu_layers is not None)
        self.layers.setPlaceholderText("all" if offloads else "0")
        self.layers.show_value(options.gpu_layers)
        says = build_words(build)
        self.layers.setToolTip(plain_tip(says))
        self.layers.setAccessibleDescription(says)
        self.cache.offer(CACHE_TYPES, options.cache_type)
        self.flash.offer(FLASH, options.flash_attention)
        own = facts.template if facts is not None else None
        self._show_template(options.template, own)
        self.adapters.show_adapters(options.adapters)
        if options.adapters and self._rest.isHidden():
            self.show_more(shown=True)

    def _show_template(self, template: str | None, own: str | None) -> None:
        from engine.model.template import known_templates

        known = [(each.name, each.source) for each in known_templates() if own or each.key != "chatml"]
        choices: list[tuple[str, Any]] = [(_FROM_FILE if own else _CHATML, None), *known]
        name = next((words for words, source in known if source == template), _EDITED)
        if template is not None and name == _EDITED:
            choices.append((_EDITED, template))
        self.template.offer(choices, template)
        self._template_mark.show_state(*(("check", "accent") if template is None and own else ("ring", "text3")))
        self._template_says.say(template_words(template, own, name))

    def _template_picked(self) -> None:
        self._put(template=self.template.currentData())

    def put_template(self, template: str | None) -> None:
        """Take a template; None is the file's own."""
        self._put(template=template)

    def add_adapter(self, path: Path) -> None:
        """Take a LoRA adapter, applied as it was trained."""
        from engine.model.protocol import Adapter

        if self._options is not None and all(each.path != str(path) for each in self._options.adapters):
            self._put(adapters=(*self._options.adapters, Adapter(path=str(path))))

    def _tell(self) -> None:
        if not all(field.right for field in (self.threads, self.layers, self.lanes, self.batch)):
            return
        cache = self.cache.currentData()
        self._put(
            context=self.context.currentData(),
            threads=self.threads.value,
            lanes=self.lanes.value,
            batch=self.batch.value,
            gpu_layers=self.layers.value,
            cache_type=cache,
            flash_attention=self.flash.currentData(),
            adapters=self.adapters.adapters,
        )

    def _put(self, **values: Any) -> None:
        if self._options is None:
            return
        options = self._options.model_copy(update=values)
        if options.cache_type != "f16" and options.flash_attention == "off":
            options = options.model_copy(update={"flash_attention": "auto"})
        if options != self._options:
            self._options = options
            self.changed.emit(options)


class AdapterRows(QWidget):
    """LoRA adapters, each with how strongly it is applied."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[Adapter, ...] = ()
        self._rows: list[tuple[QWidget, str, ScaleField]] = []
        self.add = button(theme, "Add…", "link", name="Add a LoRA adapter")
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(label(theme, "LoRA adapters", 13, ink="text2"))
        head.addStretch(1)
        head.addWidget(self.add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(head)

    @property
    def adapters(self) -> tuple[Adapter, ...]:
        """The adapters with the scales that stand there."""
        from engine.model.protocol import Adapter

        return tuple(Adapter(path=path, scale=scale.value) for _, path, scale in self._rows)

    def show_adapters(self, adapters: tuple[Adapter, ...]) -> None:
        """Show these."""
        if adapters == self._shown and adapters == self.adapters:
            return
        self._shown = adapters
        for row, _, _ in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(adapter) for adapter in adapters]

    def _row(self, adapter: Adapter) -> tuple[QWidget, str, ScaleField]:
        path = Path(adapter.path)
        made = QWidget()
        name = ElidedLabel(self._theme, 13, middle=True)
        name.say(path.stem)
        name.setToolTip(plain_tip(place_words(path)))
        scale = ScaleField(self._theme, f"Scale of {path.stem}", adapter.scale)
        gone = icon_button(self._theme, "x", f"Take off the adapter {path.stem}")
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(4)
        row.addWidget(name, 1)
        row.addWidget(scale)
        row.addWidget(gone)
        scale.edited.connect(self.changed)
        gone.clicked.connect(lambda: self._remove(adapter.path))
        self._column.addWidget(made)
        return made, adapter.path, scale

    def _remove(self, path: str) -> None:
        kept = tuple(each for each in self.adapters if each.path != path)
        self.show_adapters(kept)
        self.changed.emit()
