"""A screen that a tree of components describes, as native widgets."""
