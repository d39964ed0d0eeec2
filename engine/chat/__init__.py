"""Conversations with a model: what it is told, what it answers, in which form."""
