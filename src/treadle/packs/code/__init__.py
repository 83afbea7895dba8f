"""Nodes that run a person's own code: Python, JavaScript and shell commands, each in its sandbox."""
