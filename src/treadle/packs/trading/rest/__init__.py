"""Any venue with an HTTP API, by a mapping of its answers to our records."""
