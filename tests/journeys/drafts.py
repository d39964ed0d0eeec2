"""What journeys ask where the answer itself does not matter."""

from app.exchange import Draft

SMALL = Draft(
    prompt="Anna Meyer is 34 and lives in Rome.",
    format="schema",
    schema="""{
  "type": "object",
  "properties": {
    "name": {"type": "string", "maxLength": 30},
    "age": {"type": "integer", "minimum": 0, "maximum": 120},
    "city": {"type": "string", "maxLength": 20}
  },
  "required": ["name", "age", "city"],
  "additionalProperties": false
}
""",
)
"""An answer to this is written in a second, where the worked example takes several."""
