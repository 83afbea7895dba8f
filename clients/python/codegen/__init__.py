"""Writes `treadle_client.generated` from the API's document. Used by the build; no part of what is installed."""
