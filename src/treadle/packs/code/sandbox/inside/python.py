"""Run one Python program with the real interpreter. The process around it is locked already."""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Mapping

from treadle.packs.code.sandbox.inside.answer import Failure, failed, succeeded
from treadle.packs.code.sandbox.inside.values import NotPlain, TooLarge, plain

_NAME = "<program>"
_BALLAST_BYTES = 4 << 20
_SYSTEM = os.uname().sysname


class _Returned(BaseException):
    """Ends the program at a `return` outside any function."""


class _Printed:
    """Takes the place of standard output and error: keeps the text, up to a bound."""

    encoding = "utf-8"

    def __init__(self, size: int) -> None:
        self._left = size
        self._parts: list[str] = []
        self.overflow = False

    def write(self, text: str) -> int:
        self._left -= len(text)
        if self._left < 0:
            self.overflow = True
            raise OSError("too much printed")
        self._parts.append(str(text))
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False

    def to_json(self) -> str:
        return json.dumps("".join(self._parts).splitlines())


class _Results(ast.NodeTransformer):
    """Turns a `return` at the top level into an assignment that ends the program."""

    def visit_Return(self, node: ast.Return) -> list[ast.stmt]:
        value = node.value or ast.Constant(None)
        stores = ast.parse("__returned__ = None\nraise __Returned__").body
        assignment = stores[0]
        if isinstance(assignment, ast.Assign):
            assignment.value = value
        return [ast.fix_missing_locations(ast.copy_location(statement, node)) for statement in stores]

    def _leave(self, node: ast.AST) -> ast.AST:
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = _leave


def run(source: str, inputs: Mapping[str, object], *, output_bytes: int, hidden: Mapping[str, str]) -> bytes:
    """Run `source` with `inputs` as its variables and return the answer. Never raises for what it does.

    `hidden` maps host paths to what stands for them in messages.
    """
    ballast: list[bytearray] = [bytearray(_BALLAST_BYTES)]
    printed = _Printed(output_bytes)
    _forget_the_host()
    sys.stdout = sys.stderr = printed  # pyright: ignore[reportAttributeAccessIssue]
    try:
        result = _result(source, inputs)
        if printed.overflow:
            raise Failure("output", message="logs")
        return succeeded(_json(result, output_bytes), printed.to_json())
    except Failure as failure:
        return failed(failure, printed.to_json())
    except MemoryError:
        ballast.clear()
        return failed(Failure("memory"))
    except BaseException as error:
        if printed.overflow:
            return failed(Failure("output", message="logs"), printed.to_json())
        return failed(_raised(error, hidden), printed.to_json())


def _forget_the_host() -> None:
    os.environ.clear()
    # Asking the kernel would tell the host's name, and is refused; modules that ask on import get this
    # instead.
    os.uname = lambda: os.uname_result((_SYSTEM, "sandbox", "", "", ""))
    # For libraries that would start a thread per processor, not for the program: `os.environ` stays empty.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.putenv(name, "1")


def _result(source: str, inputs: Mapping[str, object]) -> object:
    try:
        tree = ast.parse(source, _NAME)
        tree = ast.fix_missing_locations(_Results().visit(tree))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        program = compile(tree, _NAME, "exec")
        expression = compile(ast.Expression(last.value), _NAME, "eval") if isinstance(last, ast.Expr) else None
    except SyntaxError as error:
        raise Failure("syntax", "SyntaxError", error.msg, error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise Failure("syntax", "SyntaxError", str(error)) from None
    variables: dict[str, object] = {
        "__name__": "__main__",
        "__Returned__": _Returned,
        "inputs": dict(inputs),
        **{name: value for name, value in inputs.items() if name != "result"},
    }
    try:
        exec(program, variables)
        value = eval(expression, variables) if expression else None
    except _Returned:
        return variables.get("__returned__")
    return variables.get("result", value)


def _json(result: object, output_bytes: int) -> str:
    try:
        return json.dumps(plain(result, size=output_bytes), allow_nan=False)
    except NotPlain as error:
        raise Failure("result", message=str(error)) from None
    except TooLarge:
        raise Failure("output", message="result") from None


def _raised(error: BaseException, hidden: Mapping[str, str]) -> Failure:
    line = None
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == _NAME:
            line = frame.tb_lineno
        frame = frame.tb_next
    try:
        message = str(error)[:2000]
    except Exception:
        message = ""
    for path, shown in hidden.items():
        message = message.replace(path, shown)
    return Failure("error", type(error).__name__, message, line)
