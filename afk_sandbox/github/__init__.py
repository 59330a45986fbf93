"""The model as GitHub shows it, over REST and GraphQL."""
