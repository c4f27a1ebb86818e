# Spawns a tool with its reader or feeder on one core and says what the tool itself cost, from
# wait4(2). Shared by cat_bars and run; knows nothing of particular tools or bars.
"""Measure single processes: CPU seconds, wall time and page faults from wait4."""

import contextlib
import json
import mmap
import os
import platform
import pty
import select
import signal
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

RUN_DEADLINE_S = 600


class Failed(Exception):
    """A run that gave no figure: wrong status, wrong byte count, no progress shown."""


@dataclass(frozen=True)
class Usage:
    """What one process cost. `cpu_s` is user plus system time."""

    status: int
    cpu_s: float
    wall_s: float
    minor_faults: int


class Child:
    """A started process. Leaving the `with` block kills and reaps it if nobody waited for it."""

    def __init__(self, argv, stdin=None, stdout=None, stderr=None):
        actions = [
            (os.POSIX_SPAWN_DUP2, fd, number)
            for number, fd in enumerate((stdin, stdout, stderr))
            if fd is not None
        ]
        self.argv = argv
        self._start = time.monotonic()
        # Python ignores SIGPIPE, and an ignored signal stays ignored after exec.
        self.pid = os.posix_spawnp(
            argv[0], argv, os.environ, file_actions=actions, setsigdef=[signal.SIGPIPE]
        )
        self._reaped = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self._reaped:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def wait(self):
        _, status, usage = os.wait4(self.pid, 0)
        wall_s = time.monotonic() - self._start
        self._reaped = True
        return Usage(
            os.waitstatus_to_exitcode(status),
            usage.ru_utime + usage.ru_stime,
            wall_s,
            usage.ru_minflt,
        )

    def wait_ok(self):
        usage = self.wait()
        if usage.status != 0:
            raise Failed(f"{' '.join(self.argv[:4])}: exit status {usage.status}")
        return usage


@contextlib.contextmanager
def deadline(seconds=RUN_DEADLINE_S):
    """Raises TimeoutError in the block after `seconds`, so that a stuck tool is killed."""

    def expire(*_):
        raise TimeoutError(f"no end after {seconds} s")

    before = signal.signal(signal.SIGALRM, expire)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def pipe():
    """A pipe of default size as [read end, write end]; close_end() closes one early."""
    ends = list(os.pipe())
    try:
        yield ends
    finally:
        for index in range(2):
            close_end(ends, index)


def close_end(ends, index):
    if ends[index] is not None:
        os.close(ends[index])
        ends[index] = None


MARGIN_BYTES = 2 << 30
MADV_POPULATE_WRITE = 23  # Linux 5.14; Python 3.11 has no name for it.


def back_free_memory():
    """Makes the machine under us give back what it took: a virtual machine that reports its free pages
    to its host pays about 2 s of system time a GiB when it takes them again, which is nobody's cost."""
    with open("/proc/meminfo", encoding="ascii") as file:
        free = next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemFree:"))
    if free > MARGIN_BYTES:
        with mmap.mmap(-1, free - MARGIN_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
            memory.madvise(MADV_POPULATE_WRITE)


class Terminal:
    """A pseudo-terminal for a tool's stderr; `shown()` is what was drawn on it."""

    def __enter__(self):
        self._ours, self.fd = pty.openpty()
        return self

    def __exit__(self, *_):
        os.close(self._ours)
        os.close(self.fd)

    def shown(self):
        text = b""
        while select.select([self._ours], [], [], 0.2)[0]:
            text += os.read(self._ours, 65536)
        return text


def pin(core):
    """Pins this process, and so every process it starts, to one core."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[-1] if core is None else core})


def drop_privileges(json_path):
    """Starts the script again as an unprivileged user, so that no tool pays for setpriv."""
    if json_path:
        Path(json_path).touch()
        os.chown(json_path, 65534, -1)
    rest = [argument for argument in sys.argv if argument != "--user"]
    switch = ["setpriv", "--reuid", "65534", "--clear-groups", "--"]
    os.execvp("setpriv", [*switch, sys.executable, "-B", *rest])


def interleaved(tools, rounds, measure):
    """Runs `measure(tool)` for each tool in turn, `rounds` times, each round starting with the next
    tool, so that none always runs on the cache its predecessor left. Returns samples by tool."""
    samples = {tool: [] for tool in tools}
    order = list(tools)
    for _ in range(rounds):
        for tool in order:
            samples[tool].append(measure(tool))
        order.append(order.pop(0))
    return samples


def median(values):
    return statistics.median(values)


def table(header, rows):
    """Lines of a table: the first column flush left, the others flush right."""
    cells = [header, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        yield "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()


def markdown(header, rows):
    """The same table as Markdown."""
    yield "| " + " | ".join(header) + " |"
    yield "|" + "|".join(" :-- " if column == 0 else " --: " for column in range(len(header))) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def machine():
    """The kernel and processor, without the machine's name."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"kernel": platform.release(), "cpu": model, "cpus": os.cpu_count()}


def find_executable(name, build):
    """`name` somewhere below the build directory, which is the release build unless told."""
    if build is None:
        build = Path(__file__).resolve().parent.parent / "build" / "release"
    found = [path for path in Path(build).glob(f"**/{name}") if os.access(path, os.X_OK)]
    found = [path for path in found if path.is_file()]
    if not found:
        raise Failed(f"{name} is not in {build}; build the preset release, or use --build DIR")
    return str(max(found, key=lambda path: path.stat().st_mtime))


def write_json(path, tool, arguments, result):
    document = {"schema": 1, "tool": tool, "machine": machine(), "args": arguments, "result": result}
    Path(path).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Figure:
    """One measured value against what it is held to: `value` in the unit of its name, or a ratio of two."""

    name: str
    value: float
    low: float
    high: float
    bar: float | None = None

    def verdict(self):
        if self.bar is None:
            return ""
        return "met" if self.value <= self.bar else "MISSED"


def figure(name, values, bar=None):
    return Figure(name, median(values), min(values), max(values), bar)


def ratios(left, right):
    return [ours / theirs for ours, theirs in zip(left, right)]


def show(figures, json_path):
    """Prints a table, writes JSON where wanted, and returns what to exit with: 1 where a bar was missed."""
    rows = [
        [
            each.name,
            f"{each.value:.3f}",
            f"{each.low:.3f}..{each.high:.3f}",
            "" if each.bar is None else f"{each.bar:g}",
            each.verdict(),
        ]
        for each in figures
    ]
    print("\n".join(table(["figure", "median", "min..max", "bar", ""], rows)))
    if json_path:
        entries = [vars(each) | {"verdict": each.verdict()} for each in figures]
        Path(json_path).write_text(json.dumps(entries, indent=1), encoding="utf-8")
    return 1 if any(each.verdict() == "MISSED" for each in figures) else 0
