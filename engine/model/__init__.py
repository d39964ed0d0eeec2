"""A model in a process of its own: the host, its scheduler, and the client that talks to it."""
