"""Model files fetched from a hub: found, downloaded, resumed and checked."""
