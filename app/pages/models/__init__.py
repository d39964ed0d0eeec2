"""Models: those of this machine, those that can be fetched, and those elsewhere."""
