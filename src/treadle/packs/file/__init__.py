"""Nodes that read and write files of the workspace folder."""
