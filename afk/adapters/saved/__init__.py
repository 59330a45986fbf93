"""A tick's exchanges with its servers: written down, and played again without any of them."""
