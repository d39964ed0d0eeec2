"""The settings of a profile: typed, with a version, and what each is for."""
