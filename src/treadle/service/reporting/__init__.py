"""Reports: one frame for whatever has been tried on what was, as a page and as data."""
