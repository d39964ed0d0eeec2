"""`espalier extract` and `espalier jobs`: documents to rows, and what was made of them."""
