"""Settings: how the window looks, and where things are kept."""
