"""The system calls that a locked program may make; every other one fails with EPERM.

No sockets to anywhere, no processes or threads, no signals, no tracing, no mounts, no changed ownership.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyseccomp import SyscallFilter  # pyright: ignore[reportMissingTypeStubs]

_PROT_EXEC = 4

COMPUTE = """
    read write close fstat lseek munmap mremap brk madvise futex rt_sigaction rt_sigprocmask rt_sigreturn
    sigaltstack clock_gettime clock_getres gettimeofday time getpid gettid getrandom getrusage exit exit_group
    restart_syscall sched_yield
"""

# An interpreter of its own: it imports from the granted folders, sleeps, and may run an event loop over a
# socket pair. Landlock decides which files; connecting anywhere is not on the list.
INTERPRETER = """
    readv writev pread64 pwrite64 open openat stat lstat newfstatat statx access faccessat faccessat2 readlink
    readlinkat getdents64 getcwd mkdir mkdirat unlink unlinkat rmdir rename renameat renameat2 ftruncate fsync
    fdatasync statfs fstatfs umask mmap mprotect getuid geteuid getgid getegid getppid times nanosleep
    clock_nanosleep poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
    socketpair recvfrom shutdown dup dup2 dup3 fcntl pipe pipe2 ioctl set_robust_list rseq arch_prctl
    sched_getaffinity membarrier
"""


def system_call_filter(*, interpreter: bool) -> SyscallFilter:
    """Build the filter; `load()` on it, in the process to lock, puts it in force for good.

    Raises `ImportError` or `RuntimeError` when libseccomp is not there.
    """
    import pyseccomp  # pyright: ignore[reportMissingTypeStubs]

    filter_ = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    # Left to itself the C library would not fall back from clone3 to the refused clone.
    _allow(filter_, "clone3", action=pyseccomp.ERRNO(errno.ENOSYS))
    for name in COMPUTE.split():
        _allow(filter_, name)
    if interpreter:
        for name in INTERPRETER.split():
            _allow(filter_, name)
        # Without an address only: a pair's far end can be reached, nobody else's socket can.
        filter_.add_rule(pyseccomp.ALLOW, "sendto", pyseccomp.Arg(4, pyseccomp.EQ, 0))
    else:
        for name in ("mmap", "mprotect"):
            filter_.add_rule(pyseccomp.ALLOW, name, pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _PROT_EXEC, 0))
    return filter_


def _allow(filter_: SyscallFilter, name: str, *, action: int | None = None) -> None:
    import pyseccomp  # pyright: ignore[reportMissingTypeStubs]

    try:
        filter_.add_rule(pyseccomp.ALLOW if action is None else action, name)
    except OSError:
        # Not every architecture has every call; one that is missing here stays refused.
        return
