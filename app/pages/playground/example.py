"""The worked example that the Playground opens on: small enough for the bundled model to get right."""

from __future__ import annotations

from app.session import Draft

PROMPT = """\
Read this invoice into the schema.

Northwind Botanicals GmbH
Invoice NB-2024-1047
Date: 18 March 2024

4 x Apple tree, three tiers     48.00    192.00
2 x Pear tree, fan              55.50    111.00

Total: 303.00 EUR
"""

SYSTEM = "You read documents into a schema. Copy names and numbers exactly."

SCHEMA = """\
{
  "type": "object",
  "properties": {
    "vendor": {
      "type": "string",
      "description": "The company that sent the invoice"
    },
    "number": {
      "type": "string",
      "description": "The invoice number",
      "maxLength": 24
    },
    "issued": {
      "type": "string",
      "format": "date"
    },
    "items": {
      "type": "array",
      "minItems": 1,
      "maxItems": 8,
      "items": {
        "type": "object",
        "properties": {
          "description": { "type": "string", "maxLength": 60 },
          "quantity": { "type": "integer" },
          "amount": { "type": "number" }
        },
        "required": ["description", "quantity", "amount"],
        "additionalProperties": false
      }
    },
    "total": { "type": "number" },
    "currency": { "enum": ["EUR", "GBP", "USD", "CHF"] }
  },
  "required": ["vendor", "number", "issued", "items", "total", "currency"],
  "additionalProperties": false
}
"""

EXAMPLE = Draft(prompt=PROMPT, system=SYSTEM, format="schema", schema=SCHEMA)
