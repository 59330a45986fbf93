"""Pages that the sandbox shows in a browser: its issues, and the demo's story."""
