"""`afk doctor`: facts are read through ports, pure checks judge them, a renderer tells people."""
