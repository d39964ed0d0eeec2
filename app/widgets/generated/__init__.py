"""A generated interface as native widgets: `screen.Screen`, and one map from component to part (`builders`).

Nothing is imported here: the window starts without this package.
"""
