"""The expression language of workflow files: compiled once, bounded, and closed to everything else.

Exactly what a workflow may read is what it is given as the scope; see `FUNCTIONS` for what it may call.
"""

from __future__ import annotations

from treadle.errors import ExpressionError
from treadle.expressions.caret import render_caret
from treadle.expressions.expression import Expression, compile_expression, compile_template, find_problems
from treadle.expressions.functions import FUNCTIONS
from treadle.expressions.functions.declaration import FunctionInfo
from treadle.expressions.limits import Draws
from treadle.expressions.value import Value

__all__ = [
    "FUNCTIONS",
    "Draws",
    "Expression",
    "ExpressionError",
    "FunctionInfo",
    "Value",
    "compile_expression",
    "compile_template",
    "find_problems",
    "render_caret",
]
