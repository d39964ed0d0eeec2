"""Nodes written short."""

from __future__ import annotations

from typing import Any


def root(*children: Any, title: str = "Screen") -> dict[str, Any]:
    return {"type": "root", "title": title, "children": list(children)}


def holding(kind: str, *children: Any, **props: Any) -> dict[str, Any]:
    return {"type": kind, **props, "children": list(children)}


def text(words: str, style: str = "body") -> dict[str, Any]:
    return {"type": "text", "style": style, "text": words}


def field(name: str, kind: str = "text", *, value: str | None = None, required: bool = False) -> dict[str, Any]:
    return {
        "type": "field",
        "kind": kind,
        "name": name,
        "label": name.capitalize(),
        "placeholder": None,
        "value": value,
        "required": required,
    }


def choice(name: str, *options: str, display: str = "dropdown", value: Any = None) -> dict[str, Any]:
    return {
        "type": "choice",
        "display": display,
        "name": name,
        "label": name.capitalize(),
        "options": list(options),
        "value": value,
        "required": False,
    }


def toggle(name: str, *, value: bool = False, label: str = "") -> dict[str, Any]:
    return {"type": "toggle", "display": "switch", "name": name, "label": label or name.capitalize(), "value": value}


def slider(name: str, least: float, most: float, value: float, step: float = 1) -> dict[str, Any]:
    return {"type": "slider", "name": name, "label": name.capitalize(), "min": least, "max": most, "step": step,
            "value": value}  # fmt: skip


def act(kind: str, target: str | None = None, value: Any = None) -> dict[str, Any]:
    return {"kind": kind, "target": target, "value": value}


def button(label: str, action: dict[str, Any], style: str = "secondary") -> dict[str, Any]:
    return {"type": "button", "label": label, "style": style, "action": action}


def form(name: str, *children: Any, submit: str = "Send") -> dict[str, Any]:
    return {"type": "form", "name": name, "children": list(children), "submit": submit, "action": act("submit", name)}


def dialog(name: str, *children: Any) -> dict[str, Any]:
    return {"type": "dialog", "name": name, "title": name.capitalize(), "children": list(children)}
