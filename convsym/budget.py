"""Bounds on what one claim may cost, and a worker process that holds them even against native code.

Two lines of defense. A `Budget` names the limits, and a `Clock` lets long loops stop by themselves. Where a
single call cannot be trusted to come back (a power of 10^10, a huge Float, an allocation inside a C library),
`run_contained` runs it in a forked worker with limits of its own, which is killed when its time is over.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import math
import os
import pickle
import select
import signal
import struct
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from convsym.errors import BudgetExceeded, ConvsymError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Budget:
    """What deciding one claim may cost.

    Attributes:
        seconds: time that is computed, so that what is found does not depend on what else the machine does.
        terms: terms of one expanded polynomial.
        nodes: nodes of one expression, counted with repetition.
        digits: decimal digits of one number.
        depth: depth of one expression.
        exponent: the largest absolute value of an integer exponent.
    """

    seconds: float = 10.0
    terms: int = 200_000
    nodes: int = 100_000
    digits: int = 2_000
    depth: int = 200
    exponent: int = 64


class Clock:
    """The time left of a budget, asked in long loops.

    `Clock(budget)` starts counting. Cheap enough (a quarter of a microsecond) to be asked once a term.

    Args:
        budget: its seconds count, those this thread computes.
    """

    __slots__ = ("budget", "deadline")

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = Budget() if budget is None else budget
        self.deadline = time.thread_time() + self.budget.seconds

    def check(self) -> None:
        """Raise BudgetExceeded when the time is over."""
        if time.thread_time() > self.deadline:
            raise BudgetExceeded(f"no decision within {self.budget.seconds:g} s")

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.deadline - time.thread_time())


_HEADER = struct.Struct("<Q")
_LARGEST_MESSAGE = 1 << 27  # 128 MiB: more than any verdict, less than what would hurt the parent
_IDLE_WORKERS = 2
_inside_worker = False
_answering: tuple[int, float] | None = None  # in a worker: where answers go, the seconds of the call
_listener: Callable[[Any], None] | None = None


def run_contained(
    function: Callable[..., T],
    *args: Any,
    seconds: float,
    memory_bytes: int = 1 << 30,
    on_note: Callable[[Any], None] | None = None,
) -> T:
    """Call `function(*args)` in a worker process that cannot hurt this one, and return its value.

    A function that can be named (module level, not of `__main__`) goes to a pooled worker; a closure or a
    notebook's function gets a worker of its own, forked for the call. Where the system has no fork the call
    runs here, under a soft time limit.

    Args:
        function: what to call; its arguments and its value must be picklable.
        args: positional arguments.
        seconds: wall time allowed; with `on_note`, until the next note.
        memory_bytes: address space allowed beyond what the worker maps when the call starts.
        on_note: receives what the function passes to `note` while it runs; each note starts the time anew.

    Returns:
        The value of the call.

    Raises:
        BudgetExceeded: time, memory or stack ran out, or the worker crashed.
        Exception: whatever the function itself raised.
    """
    if _inside_worker or not _can_fork():
        return run_limited(function, *args, seconds=seconds, on_note=on_note)
    try:
        job = pickle.dumps((args, seconds, memory_bytes), pickle.HIGHEST_PROTOCOL)
        name = pickle.dumps(function, pickle.HIGHEST_PROTOCOL) if _is_importable(function) else None
    except RecursionError:
        raise BudgetExceeded("an argument is nested too deeply") from None
    except (pickle.PicklingError, TypeError, AttributeError):
        job, name = None, None  # a fork of its own inherits what cannot be pickled
    deadline = time.monotonic() + seconds
    if name is None or job is None:
        worker = _Worker.fork(lambda: (function, args, seconds, memory_bytes))
        reusable = False
    else:
        worker = _take_worker(_HEADER.pack(len(name)) + name + job)
        reusable = True
    kind: str | None = None
    try:
        kind, value = worker.receive(deadline)
        while kind == "note":
            if on_note is not None:
                on_note(value)
            kind, value = worker.receive(time.monotonic() + seconds)
    finally:
        # Also on KeyboardInterrupt: a worker in an unknown state is never used again.
        if reusable and kind in ("value", "error"):
            _give_back(worker)
        else:
            worker.kill()
    if kind in ("value", "last value"):
        return value  # type: ignore[no-any-return]
    if kind in ("error", "last error"):
        raise value
    reasons = {
        "time": f"no result within {seconds:g} s",
        "memory": f"more memory needed than {memory_bytes >> 20} MiB",
        "recursion": "nested too deeply",
        "large": "the result is too large",
    }
    raise BudgetExceeded(reasons.get(kind, "the computation crashed"))


def shut_down_workers() -> None:
    """End the pooled workers; the next contained call starts a new one."""
    with _lock:
        workers, _idle[:] = list(_idle), []
    for worker in workers:
        worker.kill()


def _can_fork() -> bool:
    return hasattr(os, "fork") and hasattr(select, "poll") and sys.platform not in ("emscripten", "wasi")


def _is_importable(function: Callable[..., Any]) -> bool:
    """Whether a worker forked earlier finds this same function under its name."""
    module = getattr(function, "__module__", None)
    target: Any = sys.modules.get(module) if isinstance(module, str) else None
    # What a notebook defines may have been redefined since the worker was forked.
    if target is None or module == "__main__":
        return False
    for part in getattr(function, "__qualname__", "<locals>").split("."):
        target = getattr(target, part, None)
    return target is function


def note(value: Any) -> None:
    """Tell whoever called `run_contained` how far the function has come; nothing where nobody listens."""
    if _answering is not None:
        writer, seconds = _answering
        _limit("RLIMIT_CPU", math.ceil(time.process_time() + seconds + 1))
        _send(writer, "note", value)
    elif _listener is not None:
        _listener(value)


def run_limited(
    function: Callable[..., T],
    *args: Any,
    seconds: float,
    on_note: Callable[[Any], None] | None = None,
) -> T:
    """Call in this process; a timer stops Python code where the system and the thread allow one.

    Args:
        function: what to call.
        args: positional arguments.
        seconds: wall time allowed. A call inside a limited call does not extend or end the outer limit.
        on_note: receives what the function passes to `note`.

    Returns:
        The value of the call.

    Raises:
        BudgetExceeded: time, memory or stack ran out.
        Exception: whatever the function itself raised.
    """
    global _listener
    armed = True

    def stop(signum: int, frame: object) -> None:
        # The timer goes on ringing: a library in between may catch the first exception and carry on.
        if armed:
            raise BudgetExceeded(f"no result within {seconds:g} s")

    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    # Somebody else's timer (a test runner's) is left alone.
    timed = timed and signal.getitimer(signal.ITIMER_REAL)[0] == 0
    listener = _listener
    if on_note is not None:
        _listener = on_note
    if timed:
        previous = signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), 0.05)
    try:
        try:
            return function(*args)
        finally:
            armed = False
    except MemoryError:
        raise BudgetExceeded("more memory needed than there is") from None
    except RecursionError:
        raise BudgetExceeded("nested too deeply") from None
    finally:
        armed = False
        _listener = listener
        if timed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)


class _Worker:
    """The parent's end of one worker process."""

    __slots__ = ("owner", "pid", "reader", "writer")

    def __init__(self, pid: int, reader: int, writer: int) -> None:
        self.pid, self.reader, self.writer = pid, reader, writer
        self.owner = os.getpid()

    @classmethod
    def fork(cls, first: Callable[[], tuple[Any, ...]] | None = None) -> _Worker:
        """Fork a worker: for one inherited call, or (None) for a series of calls sent to it."""
        try:
            to_child, writer = os.pipe()
            reader, to_parent = os.pipe()
        except OSError as error:
            raise BudgetExceeded(f"no worker could be started ({error.strerror})") from None
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python 3.12 warns of threads at every fork. The child takes no lock that another thread may
            # hold: it closes what it inherited, freezes the collector and only computes.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                pid = os.fork()
            except OSError as error:
                for descriptor in (to_child, writer, reader, to_parent):
                    os.close(descriptor)
                raise BudgetExceeded(f"no worker could be started ({error.strerror})") from None
        if pid == 0:
            _serve(to_child, to_parent, parent, first)
        os.close(to_child)
        os.close(to_parent)
        return cls(pid, reader, writer)

    def send(self, message: bytes) -> None:
        """Hand over one call."""
        _write_all(self.writer, _HEADER.pack(len(message)) + message)

    def receive(self, deadline: float) -> tuple[str, Any]:
        """Wait for the answer until `deadline` (monotonic seconds): its kind and its value."""
        try:
            header = self._read(_HEADER.size, deadline)
            if not header:
                return "crash", None
            (size,) = _HEADER.unpack(header)
            # The answer is complete when its header arrives; copying it may take a moment longer.
            message = self._read(size, max(deadline, time.monotonic() + 5.0))
        except TimeoutError:
            return "time", None
        if not message:
            return "crash", None
        kind, value = pickle.loads(message)
        return kind, value

    def _read(self, size: int, deadline: float) -> bytes:
        poll = select.poll()
        poll.register(self.reader, select.POLLIN | select.POLLHUP)
        parts = []
        while size:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(math.ceil(left * 1000)):
                raise TimeoutError
            part = os.read(self.reader, min(size, 1 << 20))
            if not part:
                return b""
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def kill(self) -> None:
        """End the process and forget it."""
        if self.owner == os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
        for descriptor in (self.reader, self.writer):
            with contextlib.suppress(OSError):
                os.close(descriptor)


_lock = threading.Lock()
_idle: list[_Worker] = []


def _take_worker(message: bytes) -> _Worker:
    """An idle worker, or a new one, that has been sent `message`."""
    while True:
        with _lock:
            worker = _idle.pop() if _idle else None
        if worker is None:
            worker = _Worker.fork()
            worker.send(message)
            return worker
        try:
            worker.send(message)
        except OSError:  # it died while idle
            worker.kill()
        else:
            return worker


def _give_back(worker: _Worker) -> None:
    with _lock:
        if len(_idle) < _IDLE_WORKERS:
            _idle.append(worker)
            return
    worker.kill()


def _forget_workers() -> None:
    """In a forked child of ours or of others: the parent's workers are not the child's to use."""
    global _lock
    _lock = threading.Lock()
    for worker in _idle:
        for descriptor in (worker.reader, worker.writer):
            with contextlib.suppress(OSError):
                os.close(descriptor)
    _idle.clear()


atexit.register(shut_down_workers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)


# ---------------------------------------------------------------- inside the worker


def _serve(reader: int, writer: int, parent: int, first: Callable[[], tuple[Any, ...]] | None) -> NoReturn:
    """The worker's whole life; never returns into the code that it was forked from."""
    global _inside_worker
    _inside_worker = True
    try:
        _isolate(reader, writer)
        if first is not None:
            _answer(writer, *first(), last=True)
        else:
            _serve_calls(reader, writer, parent)
    except BaseException:
        os._exit(1)
    finally:
        os._exit(0)


def _serve_calls(reader: int, writer: int, parent: int) -> None:
    baseline = _mapped_bytes()
    poll = select.poll()
    poll.register(reader, select.POLLIN | select.POLLHUP)
    while True:
        while not poll.poll(10_000):
            if os.getppid() != parent:  # orphaned while some other process keeps the pipe open
                return
        header = _read_all(reader, _HEADER.size)
        if not header:
            return
        message = _read_all(reader, _HEADER.unpack(header)[0])
        if not message:
            return
        (size,) = _HEADER.unpack_from(message)
        name = message[_HEADER.size : _HEADER.size + size]
        try:
            function = pickle.loads(name)
            args, seconds, memory_bytes = pickle.loads(message[_HEADER.size + size :])
        except RecursionError:
            _send(writer, "recursion", None)
            continue
        except Exception as error:
            _send(writer, "last error", ConvsymError(f"a contained call could not be read: {error}"))
            return
        # Caches grow with every call; a worker that has grown much makes room for a fresh one.
        last = _mapped_bytes() - baseline > memory_bytes // 2
        if not _answer(writer, function, args, seconds, memory_bytes, last=last):
            return


def _isolate(reader: int, writer: int) -> None:
    """Give up everything inherited that could be shared with the parent."""
    gc.freeze()  # the parent's objects are never finalized here
    if "faulthandler" in sys.modules:
        sys.modules["faulthandler"].disable()
    with contextlib.suppress(ValueError):
        signal.set_wakeup_fd(-1)
    for name in ("SIGTERM", "SIGALRM", "SIGXCPU", "SIGCHLD", "SIGHUP", "SIGUSR1", "SIGUSR2"):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its workers
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        if standard not in (reader, writer):
            os.dup2(null, standard)
    keep = sorted({reader, writer})
    low = 3
    for descriptor in [*keep, 65_536]:
        os.closerange(low, descriptor)
        low = max(low, descriptor + 1)
    sys.stdin = sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for the whole life
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", 0)


def _answer(
    writer: int,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    seconds: float,
    memory_bytes: int,
    *,
    last: bool,
) -> bool:
    """Run one call and send its answer; whether the worker may go on."""
    global _answering
    _answering = writer, seconds
    mapped = _mapped_bytes()
    if mapped:
        _limit("RLIMIT_AS", mapped + memory_bytes)
    _limit("RLIMIT_CPU", math.ceil(time.process_time() + seconds + 1))
    prefix = "last " if last else ""
    try:
        return _send(writer, prefix + "value", function(*args)) and not last
    except MemoryError:
        _limit("RLIMIT_AS", None)
        _send(writer, "memory", None)
    except RecursionError:
        _send(writer, "recursion", None)
    except Exception as error:
        return _send(writer, prefix + "error", error) and not last
    return False


def _send(writer: int, kind: str, value: Any) -> bool:
    try:
        message = pickle.dumps((kind, value), pickle.HIGHEST_PROTOCOL)
        if isinstance(value, Exception):
            pickle.loads(message)  # an exception with a constructor of its own may not come back
    except (MemoryError, RecursionError):
        raise
    except Exception:
        text = f"{type(value).__name__}: {value}" if isinstance(value, Exception) else "not picklable"
        message = pickle.dumps(("last error", ConvsymError(text)), pickle.HIGHEST_PROTOCOL)
        kind = "last error"
    if len(message) > _LARGEST_MESSAGE:
        message, kind = pickle.dumps(("large", None)), "large"
    _write_all(writer, _HEADER.pack(len(message)) + message)
    return kind in ("value", "error")


def _limit(name: str, value: int | None) -> None:
    """Set a soft resource limit; the hard one stays, so that the next call can set its own."""
    with contextlib.suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        which = getattr(resource, name)
        _, hard = resource.getrlimit(which)
        soft = hard if value is None else value
        if hard != resource.RLIM_INFINITY and value is not None:
            soft = min(soft, hard)
        resource.setrlimit(which, (soft, hard))


def _mapped_bytes() -> int:
    """Address space of this process, or 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _write_all(descriptor: int, message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[os.write(descriptor, view) :]


def _read_all(descriptor: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
