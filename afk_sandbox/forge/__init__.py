"""The forge's one model: issues, events, commits, checks, accounts."""
