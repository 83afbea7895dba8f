"""Check: every problem of a workflow at once, each with its place and a remedy."""

from treadle.authoring.check.file import check_file
from treadle.authoring.check.workflow import check

__all__ = ["check", "check_file"]
