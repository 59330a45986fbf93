"""What ``afk init`` plans and writes: files, labels, secrets. Pure; `afk.commands.init` acts."""
