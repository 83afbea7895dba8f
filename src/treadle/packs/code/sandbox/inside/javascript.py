"""Run one JavaScript program in a fresh QuickJS context. The process around it is locked already."""

# The extension module has no types; nothing but this file touches it.
# pyright: basic
from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import _quickjs  # pyright: ignore[reportMissingTypeStubs]

from treadle.packs.code.sandbox.inside.answer import Failure, failed, succeeded

if TYPE_CHECKING:
    from collections.abc import Callable

_MEGABYTE = 1 << 20
_STACK_BYTES = 512 * 1024
_PLACE = re.compile(r"<input>:(\d+)")
# The engine writes `async function anonymous(`, `) {` above a function body made from text.
_LINES_ABOVE_A_BODY = 2

# Everything the host needs later is kept in constants before the program can replace it; none of it can be
# reached from the program. A program can spoil only its own result.
_HOST = r"""
(function (outputLimit) {
  const parse = JSON.parse, stringify = JSON.stringify, evaluate = eval, text = String;
  const define = (target, name, value) => defineProperty(target, name, {value, ...changeable});
  const defineProperty = Object.defineProperty;
  const changeable = {writable: true, enumerable: true, configurable: true};
  const AsyncFunction = (async function () {}).constructor, resolved = Promise.resolve.bind(Promise);
  const MapType = Map, SetType = Set, ErrorType = Error, RangeErrorType = RangeError;
  const logs = []; let printed = 0, overflow = false, state = 'pending', value, failure = null;

  function show(item) {
    if (typeof item === 'string') return item;
    if (item instanceof ErrorType) return text(item);
    try { const shown = stringify(item); if (shown !== undefined) return shown; } catch (_) { /* as text */ }
    return text(item);
  }
  function print() {
    let line = '';
    for (let i = 0; i < arguments.length; i++) line += (i ? ' ' : '') + show(arguments[i]);
    printed += line.length + 1;
    if (printed > outputLimit) { overflow = true; throw new RangeErrorType('too much printed'); }
    logs[logs.length] = line;
  }
  const console = {};
  for (const name of ['log', 'info', 'warn', 'error', 'debug']) console[name] = print;
  define(globalThis, 'console', console);

  function fail(error) {
    state = 'failed'; value = undefined;
    if (error !== null && typeof error === 'object' && 'message' in error)
      failure = {type: text(error.name), message: text(error.message), stack: text(error.stack)};
    else if (error === null)  // which is also what the engine throws when no memory is left for an error
      failure = {type: 'Error', message: 'null was thrown, as happens when memory runs out', stack: ''};
    else failure = {type: 'Error', message: show(error), stack: ''};
  }
  function settle(outcome) {
    if (outcome !== null && typeof outcome === 'object' && typeof outcome.then === 'function')
      resolved(outcome).then(v => { state = 'done'; value = v; }, fail);
    else { state = 'done'; value = outcome; }
  }
  function refuse(what) { throw {refused: what}; }
  function check(_, item) {
    switch (typeof item) {
      case 'number':
        if (item - item === 0) return item;
        return refuse(item + ', which JSON has no number for');
      case 'bigint': return refuse('a BigInt; use Number(value) or String(value)');
      case 'function': return refuse('a function');
      case 'symbol': return refuse('a symbol');
      case 'object':
        if (item instanceof MapType) refuse('a Map; use Object.fromEntries(map)');
        if (item instanceof SetType) refuse('a Set; use [...set]');
    }
    return item;
  }
  const operations = {
    inputs(json) {
      const inputs = parse(json);
      define(globalThis, 'inputs', inputs);
      for (const name in inputs) {
        try { define(globalThis, name, inputs[name]); }
        catch (_) { /* `undefined`, `NaN` and `Infinity` stay what they are */ }
      }
      return '';
    },
    script(source) { try { settle(evaluate(source)); } catch (error) { fail(error); } return state; },
    body(source) {
      let run;
      try { run = AsyncFunction(source); } catch (error) { fail(error); return 'syntax'; }
      try { settle(run()); } catch (error) { fail(error); }
      return state;
    },
    state() { return state; },
    result() {
      try { const json = stringify(value, check); return json === undefined ? 'null' : json; }
      catch (error) {
        const refused = error !== null && typeof error === 'object' ? error.refused : undefined;
        return '!' + (typeof refused === 'string' ? refused : text(error));
      }
    },
    failure() { return stringify(failure); },
    logs() { return stringify(logs); },
    overflow() { return overflow ? 'yes' : ''; },
  };
  return (name, argument) => operations[name](argument);
})
"""


def run(source: str, inputs_json: str, *, seconds: float, memory_mb: int, output_bytes: int) -> bytes:
    """Run `source` and return the answer. Never raises for what the program does."""
    deadline = time.monotonic() + seconds
    host: Callable[[str, str], str] | None = None
    try:
        body = not _is_script(source, seconds)
        context = _context(seconds, memory_mb)
        ours: Callable[[str, str], str] = context.eval(_HOST)(output_bytes)
        host = ours
        ours("inputs", inputs_json)
        result = _result(context, ours, source, body=body, deadline=deadline)
        if len(result) > output_bytes:
            raise Failure("output", message="result")
        return succeeded(result, ours("logs", ""))
    except Failure as failure:
        return failed(failure, _logs(host))
    except _quickjs.JSException as error:
        return failed(_stopped(str(error)), _logs(host))
    except MemoryError:
        return failed(Failure("memory"))


def _context(seconds: float, memory_mb: int) -> _quickjs.Context:
    context = _quickjs.Context()
    context.set_memory_limit(memory_mb * _MEGABYTE)
    context.set_max_stack_size(_STACK_BYTES)
    context.set_time_limit(seconds)
    return context


def _is_script(source: str, seconds: float) -> bool:
    """Whether `source` has a last expression's value, rather than `return` or `await` at its top level.

    The `throw` comes first, so that the source is read in a context of its own and none of it runs.
    """
    try:
        _context(seconds, 64).eval("throw 0;" + source)
    except _quickjs.JSException as error:
        return not str(error).startswith("SyntaxError")
    return True


def _result(
    context: _quickjs.Context, host: Callable[[str, str], str], source: str, *, body: bool, deadline: float
) -> str:
    state = host("body" if body else "script", source)
    # One turn of a promise loop is short; only the clock ends an endless one.
    while state == "pending" and context.execute_pending_job():
        if time.monotonic() > deadline:
            raise Failure("timeout")
        state = host("state", "")
    if host("overflow", ""):
        raise Failure("output", message="logs")
    if state == "pending":
        raise Failure("error", "Error", "The program waits for a promise that nothing will settle")
    if state != "done":
        raise _thrown(host, "syntax" if state == "syntax" else "error", _LINES_ABOVE_A_BODY if body else 0)
    result = host("result", "")
    if result.startswith("!"):
        raise Failure("result", message=f"it holds {result[1:]}")
    return result


def _thrown(host: Callable[[str, str], str], kind: str, offset: int) -> Failure:
    error = json.loads(host("failure", ""))
    if (error["type"], error["message"]) == ("InternalError", "out of memory"):
        kind = "memory"
    place = _PLACE.search(error["stack"])
    return Failure(kind, error["type"], error["message"], int(place[1]) - offset if place else None)


def _stopped(message: str) -> Failure:
    """What ended a program that could not be allowed to catch it."""
    if "interrupted" in message:
        # The engine's idea of the line is that of the last statement before the loop.
        return Failure("timeout")
    if "out of memory" in message:
        return Failure("memory")
    kind, _, rest = message.partition("\n")[0].partition(": ")
    return Failure("error", kind, rest)


def _logs(host: Callable[[str, str], str] | None) -> str:
    try:
        return host("logs", "") if host else "[]"
    except (_quickjs.JSException, MemoryError):
        return "[]"
