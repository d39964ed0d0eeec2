"""The page of generated interfaces."""
