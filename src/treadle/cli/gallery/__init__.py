"""`treadle templates`: workflows to begin with. One command a file."""
