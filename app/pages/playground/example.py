"""The worked example that the Playground opens on: small enough for the bundled model to get right."""

from __future__ import annotations

from app.exchange import Draft

PROMPT = """\
Read this invoice into the schema.

INVOICE NB-2024-1047
From: Northwind Botanicals GmbH, Berlin
Date: 2024-03-18
To: Espaliers of Wye

Item: Apple tree, quantity 4, amount 192.00
Item: Pear tree, quantity 2, amount 111.00

Total: 303.00 EUR"""

SCHEMA = """\
{
  "type": "object",
  "properties": {
    "vendor": {
      "type": "object",
      "properties": {
        "name": { "type": "string" },
        "city": { "type": "string" }
      },
      "required": ["name", "city"],
      "additionalProperties": false
    },
    "invoice_number": {
      "type": "string",
      "maxLength": 24
    },
    "issued": {
      "type": "string",
      "format": "date"
    },
    "items": {
      "type": "array",
      "minItems": 1,
      "maxItems": 6,
      "items": {
        "type": "object",
        "properties": {
          "description": {
            "type": "string",
            "maxLength": 60
          },
          "quantity": { "type": "integer" },
          "amount": { "type": "number" }
        },
        "required": [
          "description", "quantity", "amount"
        ],
        "additionalProperties": false
      }
    },
    "total": { "type": "number" },
    "currency": {
      "enum": ["EUR", "GBP", "USD", "CHF"]
    }
  },
  "required": [
    "vendor", "invoice_number", "issued",
    "items", "total", "currency"
  ],
  "additionalProperties": false
}
"""

EXAMPLE = Draft(prompt=PROMPT, format="schema", schema=SCHEMA)
