"""The report of tests as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from treadle.testing.cases.outcome import CasesReport

_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


def to_junit(report: CasesReport) -> str:
    """One suite for each test file."""
    root = Element("testsuites", tests=str(len(report.outcomes)), failures=str(len(report.failed)))
    for file, group in groupby(report.outcomes, key=lambda one: one.file):
        outcomes = list(group)
        errors = sum(one.error is not None for one in outcomes)
        failures = sum(not one.passed for one in outcomes) - errors
        suite = SubElement(
            root,
            "testsuite",
            name=_plain(file),
            tests=str(len(outcomes)),
            failures=str(failures),
            errors=str(errors),
            time=f"{sum(one.seconds for one in outcomes):.3f}",
        )
        for one in outcomes:
            case = SubElement(
                suite,
                "testcase",
                name=_plain(one.name),
                classname=_plain(file),
                file=_plain(file),
                line=str(one.line),
                time=f"{one.seconds:.3f}",
            )
            if not one.passed:
                lines = [_plain(line) for line in one.text()]
                kind = "error" if one.error is not None else "failure"
                SubElement(case, kind, message=lines[0] if lines else "").text = "\n".join(lines)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _plain(text: str) -> str:
    return _UNSPEAKABLE.sub("�", text)
