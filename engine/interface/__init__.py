"""Generated interfaces: a screen as a tree of components that a schema describes, without Qt and without a model.

The components are data (`catalogue`, `resources/interface/catalogue.json`); the schema that a request is held to is
made from them (`profiles`). Whatever a model, a file or a person wrote is made safe to show first (`reading`). A tree
is read while it is written (`growth`).

Nothing is imported here: the window starts without this package.
"""
