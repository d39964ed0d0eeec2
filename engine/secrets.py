"""Keys and tokens, in the system's keyring and nowhere else."""
