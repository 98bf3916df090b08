"""Tables and the sentences beside them."""
