"""Writing a schema anew in another dialect: a later draft, the strict subset, or more leniently."""
