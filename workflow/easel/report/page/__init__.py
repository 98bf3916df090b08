"""The pieces of a page: HTML, style, and numbers as people read them."""
