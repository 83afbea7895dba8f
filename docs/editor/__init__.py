"""The editor's pages, drawn: `python -m docs.editor [page] [folder]`."""
