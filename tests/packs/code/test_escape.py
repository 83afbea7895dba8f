"""Hostile programs: each is refused or harmless within its limits, and none gets at anything outside."""

# ruff: noqa: E501

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING

import pytest

from treadle.errors import NodeError
from treadle.packs.code.sandbox import Limits, run_javascript, run_python, run_python_trusted, run_shell

if TYPE_CHECKING:
    from conftest import Bait, Processes

pytestmark = pytest.mark.slow

# Both interpreters get these; what one lacks the other may have.
PYTHON = {
    "subclasses": "().__class__.__base__.__subclasses__()",
    "subclasses_popen": "[c for c in object.__subclasses__() if c.__name__ == 'Popen'][0](['touch', '$MARK'])",
    "function_globals": "(lambda: 1).__globals__['__builtins__']",
    "frame_walk": "import sys\nsys._getframe(1).f_back.f_globals",
    "traceback_walk": "try:\n    1/0\nexcept Exception as e:\n    e.__traceback__.tb_frame.f_back.f_globals",
    "format_walk": "'{0.__class__.__init__.__globals__}'.format(inputs)",
    "import_os_system": "import os\nos.system('cat $FILE > $MARK')",
    "dunder_import": "__import__('os').popen('cat $FILE').read()",
    "importlib": "import importlib\nimportlib.import_module('subprocess').check_output(['cat', '$FILE'])",
    "eval_import": "eval(\"__import__('os').environ\")['TREADLE_CANARY']",
    "environ": "import os\nos.environ['TREADLE_CANARY']",
    "getenv": "import os\nos.getenv('TREADLE_CANARY') or 'none'",
    "proc_environ": "open('/proc/self/environ').read()",
    "parent_environ": "import os\nopen(f'/proc/{os.getppid()}/environ').read()",
    "read_file": "open('$FILE').read()",
    "read_pathlib": "from pathlib import Path\nPath('$FILE').read_text()",
    "read_fd": "import os\n[os.read(fd, 100) for fd in range(3, 64)]",
    "read_relative": "open('../../../../../../../..$FILE').read()",
    "symlink": "import os\nos.symlink('$FILE', 'here')\nopen('here').read()",
    "write_file": "open('$MARK', 'w').write('x')",
    "rename": "import os\nos.rename('$FILE', '$MARK')",
    "remove": "import os\nos.remove('$FILE')",
    "list_root": "import os\nos.listdir('/')",
    "connect": "import socket\nsocket.create_connection(('127.0.0.1', $PORT))",
    "connect_http": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:$PORT/').read()",
    "fork": "import os\nos.fork()",
    "fork_bomb": "import os\nwhile True:\n    try:\n        os.fork()\n    except Exception as e:\n        raise",
    "thread_bomb": "import threading\nwhile True:\n    threading.Thread(target=input).start()",
    "exec": "import os\nos.execv('/bin/sh', ['sh', '-c', 'touch $MARK'])",
    "kill_parent": "import os\nos.kill(os.getppid(), 9)",
    "kill_all": "import os\nos.kill(-1, 9)",
    "ignore_alarm": "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
    "ignore_xcpu": "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
    "catch_everything": "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
    "recursion": "def f():\n    return f()\nf()",
    "recursion_raised": "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
    "nested_source": "(" * 5000 + ")" * 5000,
    "huge_string": "'y' * 10**11",
    "huge_integer": "x = 10 ** 10 ** 8",
    "huge_format": "'%1000000000d' % 1",
    "growing_list": "x = [0]\nwhile True: x += x",
    "huge_sum": "sum(range(10**12))",
    "slow_regex": "import re\nre.match('(a+)+$', 'a' * 40 + 'b')",
    "exit": "import os\nos._exit(0)",
    "system_exit": "raise SystemExit(0)",
    "deep_result": "x = []\nfor i in range(100_000): x = [x]\nx",
    "cyclic_result": "x = {}\nx['x'] = x\nx",
    "shared_result": "x = [1]\nfor i in range(30): x = [x] * 10\nx",
    "replace_json": "import json\njson.dumps = lambda *a, **k: 'forged'\nfloat('nan')",
    "forge_answer": 'import os\nos.write(3, b\'{"result": "forged", "logs": []}\')',
    "flood_answer": "import os\nwhile True: os.write(3, b'y' * 65536)",
    "mmap_bomb": "import mmap\nx = [mmap.mmap(-1, 1 << 30) for _ in range(64)]\nfor m in x: m[0] = 1",
    "large_file": "f = open('big', 'wb')\nwhile True: f.write(b'y' * 1_000_000)",
    "crash": "import ctypes\nctypes.string_at(0)",
    "ptrace": "import ctypes\nctypes.CDLL(None).ptrace(16, 1, 0, 0)",
    "raw_socket_call": "import ctypes\nctypes.CDLL(None).syscall(41, 2, 1, 0)",
    "raw_open_call": "import ctypes\nb = ctypes.create_string_buffer(64)\nl = ctypes.CDLL(None)\n"
    "l.read(l.open(b'$FILE', 0), b, 64)\nb.value.decode()",
    "more_processor_time": "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (-1, -1))",
    "sleep": "import time\ntime.sleep(3600)",
}

JAVASCRIPT = {
    "require": "require('fs').readFileSync('$FILE', 'utf8')",
    "process": "process.env.TREADLE_CANARY",
    "std": "std.loadFile('$FILE')",
    "os": "os.open('$FILE', 0)",
    "static_import": "import * as std from 'std'; std.loadFile('$FILE')",
    "dynamic_import": "const m = await import('$FILE'); return Object.keys(m)",
    "dynamic_import_std": "return (await import('std')).loadFile('$FILE')",
    "fetch": "return await (await fetch('http://127.0.0.1:$PORT')).text()",
    "xml_http_request": "new XMLHttpRequest().open('GET', 'http://127.0.0.1:$PORT')",
    "function_constructor": "Function('return this')().process.mainModule.require('child_process')",
    "constructor_walk": "console.log.constructor.constructor('return process')()",
    "async_function_constructor": "(async () => {}).constructor('return typeof process')()",
    "generator_constructor": "(function*(){}).constructor('yield globalThis')().next().value",
    "host_caller": "(function f() { return f.caller.caller })()",
    "arguments_callee": "(function () { return arguments.callee.caller })()",
    "prototype_pollution": "Object.prototype.result = 'polluted'; Object.prototype.toJSON = () => 'forged'; ({})",
    "proto_literal": "({__proto__: {toString: () => 'x'}, a: 1})",
    "proto_json": 'JSON.parse(\'{"__proto__": {"polluted": true}}\')',
    "array_prototype": "Array.prototype.push = () => { throw 1 }; Array.prototype[Symbol.iterator] = null; [1]",
    "promise_then": "Promise.prototype.then = () => { while (true); }; (async () => 1)()",
    "thenable": "({then(resolve) { resolve(this) }})",
    "getter_loop": "({get a() { while (true); }})",
    "proxy": "new Proxy({}, {get() { return 1 }, ownKeys() { while (true); }})",
    "to_json_loop": "({toJSON() { return {toJSON: this.toJSON, a: {toJSON: this.toJSON}} }})",
    "endless": "while (true);",
    "endless_caught": "while (true) try { while (true); } catch (e) { }",
    "endless_finally": "try { while (true); } finally { while (true); }",
    "promise_loop": "const f = () => Promise.resolve().then(f); f()",
    "await_loop": "while (true) await null",
    "async_recursion": "async function f() { await 1; return f() } f()",
    "microtasks": "const f = () => queueMicrotask(f); f(); new Promise(() => {})",
    "generator_endless": "[...(function*() { while (true) yield 1 })()]",
    "stack_overflow": "(function f() { return f() })()",
    "stack_overflow_caught": "(function f() { try { f() } catch (e) { f() } })()",
    "stack_overflow_native": "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.toString()",
    "stack_overflow_json": "JSON.parse('['.repeat(1e6))",
    "stack_overflow_regex": "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))",
    "stack_overflow_source": "eval('['.repeat(1e5))",
    "huge_string": "'y'.repeat(2 ** 29)",
    "doubling_string": "let s = 'y'; while (true) s += s",
    "huge_array": "new Array(1e9).fill(0)",
    "huge_buffer": "const b = []; while (true) b.push(new Uint8Array(1e7).fill(1))",
    "huge_bigint": "2n ** 100000000n",
    "huge_join": "Array(1e8).join('abc')",
    "slow_regex": "/(a+)+$/.test('a'.repeat(50) + 'b')",
    "slow_sort": "Array.from({length: 1e6}, (_, i) => -i).sort(() => { while (true); })",
    "console_flood": "for (;;) console.log('y'.repeat(10000))",
    "console_getter": "console.log({get a() { while (true); }})",
    "replace_console": "console.log = null; Object.defineProperty(globalThis, 'console', {value: 1}); 2",
    "atomics_wait": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    "weak_references": "for (;;) new FinalizationRegistry(() => {}).register({}, 1)",
    "delete_everything": "for (const k of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[k] } catch {} 1",
    "close_the_wrapper": "}); globalThis.out = 1; (async function () {",
    "error_stack": "Error.prepareStackTrace = (e, s) => s; const e = new Error(); e.stack",
    "error_getters": "throw {get message() { while (true); }, get stack() { throw 1 }}",
    "throw_proxy": "throw new Proxy({}, {has() { while (true); }})",
}

_ALLOWED = {
    "code_syntax",
    "code_error",
    "code_timeout",
    "code_memory",
    "code_output_too_large",
    "code_unsupported",
    "code_result",
}
_SECONDS = 0.5


async def _attack(program: Awaitable[object], processes: Processes) -> str:
    """Let one program run; return all that came back, having checked its time and that it left no process."""
    before = time.monotonic()
    try:
        seen, code = repr(await program), None
    except NodeError as error:
        seen, code = f"{error} {dict(error.attributes)!r}", error.code
    assert code is None or code in _ALLOWED
    assert time.monotonic() - before < _SECONDS + 3
    assert processes.programs() == set()
    return seen


def _assert_unharmed(seen: str, bait: Bait) -> None:
    # The token must not come back; the file's path may, being in the program's own text.
    assert bait.token not in seen
    assert bait.file.read_text() == bait.token
    assert not bait.touched()


@pytest.mark.parametrize("source", PYTHON.values(), ids=PYTHON.keys())
async def test_no_python_program_gets_out(source: str, bait: Bait, limits: Limits, processes: Processes) -> None:
    program = run_python(bait.fill(source), {"a": {}}, limits=limits)

    seen = await _attack(program, processes)

    _assert_unharmed(seen, bait)


@pytest.mark.parametrize("source", PYTHON.values(), ids=PYTHON.keys())
async def test_no_trusted_python_program_gets_out(
    source: str, bait: Bait, limits: Limits, processes: Processes
) -> None:
    program = run_python_trusted(bait.fill(source), {"a": {}}, limits=limits, trusted=True)

    seen = await _attack(program, processes)

    _assert_unharmed(seen, bait)


@pytest.mark.parametrize("source", JAVASCRIPT.values(), ids=JAVASCRIPT.keys())
async def test_no_javascript_program_gets_out(source: str, bait: Bait, limits: Limits, processes: Processes) -> None:
    program = run_javascript(bait.fill(source), {"a": {}}, limits=limits)

    seen = await _attack(program, processes)

    _assert_unharmed(seen, bait)


async def test_after_the_attacks_ordinary_programs_still_run(limits: Limits) -> None:
    results = [
        (await run_python("1 + 1", {}, limits=limits)).result,
        (await run_javascript("1 + 1", {}, limits=limits)).result,
        (await run_python_trusted("1 + 1", {}, limits=limits, trusted=True)).result,
    ]

    assert results == [2, 2, 2]


async def test_the_bait_is_there_for_a_program_without_walls(bait: Bait, limits: Limits) -> None:
    """Otherwise the tests above could not fail."""
    source = bait.fill("cat $FILE; printf x > $MARK")

    outcome = await run_shell(
        ["/bin/sh", "-c", source], stdin=None, limits=limits, cwd=bait.file.parent, environment={}
    )

    assert outcome.stdout == bait.token
    assert bait.touched()
