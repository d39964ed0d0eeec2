"""Generated interfaces: a tree of components, its schema, how it grows, what it holds and does, and where it goes."""
