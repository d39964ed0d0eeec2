"""A model behind an OpenAI-compatible endpoint, held to the same schemas and checked here."""
