"""The pages, one package each. A page never imports a page."""
