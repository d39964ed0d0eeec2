"""A JSON Schema as a document: read, located, walked, described."""
