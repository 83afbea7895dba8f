"""Tests of workflows as files: what is given, and what is to come out (`treadle test`, and the pytest plugin)."""
