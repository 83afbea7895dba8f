"""HTTP: the API, the live stream, hooks, hosted pages. Thin: every operation is `treadle.service`'s."""
