"""The workspace folder: the only files that file nodes see."""
