"""Check a whole file: what loading found and what the workflows' content is wrong in, by line."""

from __future__ import annotations

from treadle.authoring.check.workflow import check
from treadle.authoring.document import Loaded, in_order, load_workflow
from treadle.model.issue import ValidationResult
from treadle.node.registry import Registry


def check_file(text: str | bytes, registry: Registry, *, source: str = "workflow") -> Loaded:
    """Load `text` and check every workflow in it; `result` holds all issues, sorted by line."""
    loaded = load_workflow(text, source=source, catalogue=registry)
    issues = list(loaded.result.issues)
    places = {(issue.code, issue.path) for issue in issues}
    for document in loaded.documents:
        if document.workflow is not None:
            found = (document.place(issue) for issue in check(document.workflow, registry).issues)
            issues.extend(issue for issue in found if (issue.code, issue.path) not in places)
    return Loaded(loaded.documents, ValidationResult(tuple(in_order(issues))), source)
