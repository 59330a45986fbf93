"""What the process is given: environment, settings, tokens. Nothing else reads it."""
