"""How Espalier looks: tokens, palette, stylesheet, fonts, icons and the drawings it owns."""
