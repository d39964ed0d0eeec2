"""Extract: a folder of documents to a table."""
