# The cases of cat_bars: which tools run, what feeds and what drains them, which bars hold.
"""Cases of cat_bars as data."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import harness

NAMES = [
    "file-pipe",
    "file-pipe-wc",
    "file-pipe-64k",
    "pipe-pipe",
    "file-file",
    "file-file-output",
    "small-files",
    "start-version",
    "start-empty",
]
SMALL_FILES = 20_000
SMALL_BYTES = 4096


@dataclass(frozen=True)
class Measure:
    """One number taken from a run. Only barred measures are held against the bars."""

    name: str
    of: Callable
    form: str = "{:.4f}"
    barred: bool = True


@dataclass(frozen=True)
class Tool:
    name: str
    argv: tuple
    ours: bool = False
    progress: bool = False


@dataclass
class Case:
    name: str
    title: str
    tools: list
    measure: Callable
    bars: dict
    measures: list
    prepare: Callable = lambda: None
    is_start_up: bool = field(default=False)


def run_tool(tool, stdin=None, stdout=None):
    """Runs the tool with progress on a terminal where it has any, and insists that it was drawn."""
    if not tool.progress:
        return harness.Child(tool.argv, stdin, stdout).wait_ok()
    with harness.Terminal() as terminal:
        with harness.Child(tool.argv, stdin, stdout, terminal.fd) as child:
            usage = child.wait_ok()
        if not terminal.shown().strip():
            raise harness.Failed(f"{tool.name}: no progress was shown")
        return usage


def count_of(reader, out):
    """The byte count the reader printed at its end."""
    reader.wait_ok()
    return int(os.read(out, 64))


def through_pipe(tool, reader_argv, expected, feeder_argv=None):
    """[feeder |] tool | reader. The tool's usage, once the reader has counted every byte."""
    with harness.deadline(), harness.pipe() as data, harness.pipe() as answer, harness.pipe() as feed:
        with harness.Child(reader_argv, data[0], answer[1]) as reader:
            harness.close_end(data, 0)
            if feeder_argv is None:
                usage = run_tool(tool, stdout=data[1])
            else:
                with harness.Child(feeder_argv, stdout=feed[1]) as feeder:
                    harness.close_end(feed, 1)
                    usage = run_tool(tool, feed[0], data[1])
                    feeder.wait_ok()
            harness.close_end(data, 1)
            count = count_of(reader, answer[0])
    if count != expected:
        raise harness.Failed(f"{tool.name}: {count} bytes of {expected} arrived")
    return usage


def into_file(tool, target, expected):
    """tool >target, or a tool that opens the target itself: the last argument says which."""
    target.unlink(missing_ok=True)  # Drops the dirty pages of the run before, unwritten.
    os.sync()  # The journal of that is nobody's cost; left running it was charged to whoever came next.
    harness.back_free_memory()
    opens_itself = str(target) in tool.argv
    with harness.deadline(), open(os.devnull if opens_itself else target, "wb") as stdout:
        usage = run_tool(tool, stdout=stdout.fileno())
    if target.stat().st_size != expected:
        raise harness.Failed(f"{tool.name}: {target.stat().st_size} bytes of {expected} written")
    return usage


def alone(tool):
    with harness.deadline(), open(os.devnull, "r+b") as null:
        return run_tool(tool, null.fileno(), null.fileno())


def make_big_file(path, size_bytes):
    """Written in 1 MiB blocks and synced, so that it is cached and clean."""
    block = os.urandom(1 << 20)
    with open(path, "wb") as file:
        while file.tell() < size_bytes:
            file.write(block[: size_bytes - file.tell()])
        file.flush()
        os.fsync(file.fileno())


def make_small_files(directory):
    directory.mkdir()
    block = os.urandom(SMALL_BYTES)
    for index in range(SMALL_FILES):
        (directory / f"{index:05}").write_bytes(block)
    os.sync()


def require_disk(directory):
    kind = subprocess.run(
        ["stat", "-f", "-c", "%T", directory], check=True, capture_output=True, text=True
    ).stdout.strip()
    if kind == "tmpfs":
        raise harness.Failed(f"{directory} is on tmpfs; set TMPDIR to a directory on ext4")


class Bench:
    """Knows the paths; each method makes the cases of one kind."""

    def __init__(self, options, evtool, workplace):
        self.options, self.evtool = options, evtool
        self.big, self.target = workplace / "big", workplace / "target"
        self.empty, self.small = workplace / "empty", workplace / "small"
        self.sink = harness.find_executable("bench_sink", options.build)
        self.loop = harness.find_executable("bench_splice_loop", options.build)
        self.per_gib = [Measure("CPU s/GiB", lambda usage: usage.cpu_s / options.size * 2**30)]

    def ours(self, *argv, progress=False):
        if self.evtool is None:
            return []
        backend = [f"--backend={self.options.backend}"] if self.options.backend else []
        drawn = ["--progress"] if progress else []
        tool = (self.evtool, "cat", *backend, *drawn, *argv)
        return [Tool("evtool", tool, ours=True, progress=progress)]

    def need_big(self):
        if not self.big.exists():
            make_big_file(self.big, self.options.size)
        with open(self.big, "rb") as file:  # Cached again, should memory have been short.
            while file.read(1 << 20):
                pass

    def copiers(self, *source):
        return [
            *self.ours(*source, progress=True),
            Tool("splice loop", (self.loop, *source)),
            Tool("cat", ("cat", *source)),
            Tool("pv -q", ("pv", "-q", *source)),
        ]

    def file_pipe(self, name, title, reader, bars):
        def measure(tool):
            return through_pipe(tool, reader, self.options.size)

        tools = self.copiers(str(self.big))
        return Case(name, title, tools, measure, bars, self.per_gib, self.need_big)

    def pipe_pipe(self):
        def measure(tool):
            feeder = (self.loop, str(self.big))
            return through_pipe(tool, (self.sink,), self.options.size, feeder)

        bars = {"splice loop": 1.15, "cat": 0.20}
        title = "pipe to pipe, the reader splices to /dev/null"
        return Case(
            "pipe-pipe", title, self.copiers(), measure, bars, self.per_gib, self.need_big
        )

    def file_file(self, name, title, ours):
        def prepare():
            require_disk(self.target.parent)
            self.need_big()

        def measure(tool):
            return into_file(tool, self.target, self.options.size)

        copy = ("cp", "--reflink=auto", str(self.big), str(self.target))
        tools = [
            *ours,
            Tool("cp", copy),
            Tool("cp again", copy),  # What two runs of the same thing differ by.
            Tool("cat", ("cat", str(self.big))),
        ]
        return Case(name, title, tools, measure, {"cp": 1.05}, self.per_gib, prepare)

    def small_files(self):
        names = [str(self.small / f"{index:05}") for index in range(SMALL_FILES)]

        def prepare():
            if not self.small.exists():
                make_small_files(self.small)

        def measure(tool):
            return through_pipe(tool, (self.sink,), SMALL_FILES * SMALL_BYTES)

        tools = [
            *self.ours(*names),
            Tool("busybox cat", (self.options.busybox, "cat", *names)),
            Tool("cat", ("cat", *names)),
        ]
        per_file = [Measure("CPU us/file", lambda usage: usage.cpu_s * 1e6 / SMALL_FILES, "{:.3f}")]
        title = "20 000 files of 4 KiB to a pipe, the reader splices to /dev/null"
        return Case(
            "small-files", title, tools, measure, {"busybox cat": 1.0}, per_file, prepare
        )

    def start(self, name, title, ours, peer):
        bare = Tool(" ".join(("busybox", *peer)), (self.options.busybox, *peer))
        if str(self.empty) in peer:
            bare = Tool("busybox cat", bare.argv)
        measures = [
            Measure("wall ms", lambda usage: usage.wall_s * 1e3),
            Measure("CPU ms", lambda usage: usage.cpu_s * 1e3, barred=False),
            Measure("minor faults", lambda usage: usage.minor_faults, "{:.0f}"),
        ]
        bars = {bare.name: 0.95}
        return Case(
            name, title, [*ours, bare], alone, bars, measures, self.empty.touch, is_start_up=True
        )


def cases(options, evtool, workplace):
    """The cases asked for, in the order of NAMES."""
    bench = Bench(options, evtool, Path(workplace))
    version = [Tool("evtool", (evtool, "--version"), ours=True)] if evtool else []
    big, target, empty = (str(path) for path in (bench.big, bench.target, bench.empty))
    every = [
        bench.file_pipe(
            "file-pipe",
            "file to pipe, the reader splices to /dev/null",
            (bench.sink,),
            {"splice loop": 1.15, "cat": 0.20, "pv -q": 0.30},
        ),
        bench.file_pipe("file-pipe-wc", "file to pipe, read by wc -c", ("wc", "-c"), {"cat": 1.0}),
        bench.file_pipe(
            "file-pipe-64k",
            "file to pipe, the reader reads 64 KiB at a time",
            (bench.sink, "--read=65536"),
            {"cat": 1.0},
        ),
        bench.pipe_pipe(),
        bench.file_file("file-file", "file to file, on stdout", bench.ours(big)),
        bench.file_file(
            "file-file-output", "file to file, with --output", bench.ours("--output", target, big)
        ),
        bench.small_files(),
        bench.start("start-version", "start-up: --version and true", version, ("true",)),
        bench.start("start-empty", "start-up: cat of an empty file", bench.ours(empty), ("cat", empty)),
    ]
    return [case for case in every if options.only is None or case.name in options.only]
