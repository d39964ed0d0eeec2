"""Validating finished values, independently of the mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema_rs

from engine.schema.drafts import Draft

if TYPE_CHECKING:
    from engine.schema.document import SchemaDocument

DRAFTS = {
    Draft.D4: (jsonschema_rs.Draft4, jsonschema_rs.Draft4Validator),
    Draft.D6: (jsonschema_rs.Draft6, jsonschema_rs.Draft6Validator),
    Draft.D7: (jsonschema_rs.Draft7, jsonschema_rs.Draft7Validator),
    Draft.D2019: (jsonschema_rs.Draft201909, jsonschema_rs.Draft201909Validator),
    Draft.D2020: (jsonschema_rs.Draft202012, jsonschema_rs.Draft202012Validator),
}
"""What jsonschema-rs calls each draft, and the validator of it."""


def validator_of(document: SchemaDocument) -> jsonschema_rs.Validator:
    """Return a validator that asserts the formats of the schema's draft."""
    return DRAFTS[document.draft][1](document.declared, validate_formats=True, offline=True)
