"""Ways for schemas in and out: examples, Python source, response formats, tools, TypeScript."""
