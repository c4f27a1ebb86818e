# What bench/run measures and what it holds against what: works, programs, bars. No measuring here.
"""The works of the benchmarks and the bars of evt."""

from dataclasses import dataclass, field

# Columns of the table: what a program is called, and how it is told which backend to use.
EVT_URING, EVT_EPOLL = "evt io_uring", "evt epoll"
IO_URING, IO_EPOLL = "Io io_uring", "Io epoll"
URING, EPOLL = "io_uring by hand", "epoll by hand"
PEERS = {
    "libuv": "uv",
    "asio epoll": "asio_epoll",
    "asio io_uring": "asio_uring",
    "libev": "ev",
    "libevent": "event",
}
PROGRAMS = {EVT_URING: "evt", EVT_EPOLL: "evt", IO_URING: "io", IO_EPOLL: "io", URING: "uring", EPOLL: "epoll", **PEERS}
BACKEND = {
    EVT_URING: "--backend=io_uring",
    EVT_EPOLL: "--backend=epoll",
    IO_URING: "--backend=io_uring",
    IO_EPOLL: "--backend=epoll",
}


@dataclass(frozen=True)
class Bars:
    """At most this much of the other's cost. `hand_of_libuv` is for the hand-written io_uring loop itself,
    `awaited` for coroutines beside callbacks."""

    uring: float = None
    epoll: float = None
    best_peer: float = None
    hand_of_libuv: float = None
    awaited: float = None


@dataclass(frozen=True)
class Work:
    """`bench_<folder>_<library>`; `counts` are operations a run, for those that take less or more than the rest."""

    name: str
    folder: str
    arguments: tuple
    count: int
    bars: Bars = Bars()
    counts: dict = field(default_factory=dict)
    scales: bool = True  # Not where the size is the point: a heap of less is another one.

    def count_for(self, column, scale):
        return max(1, round(self.counts.get(column, self.count) * (scale if self.scales else 1)))


def width(number, *more):
    return (f"--width={number}", *more)


SLOW_READS = {"libuv": 60_000}

WORKS = [
    Work("nop, 1 a turn", "nop", width(1), 1_000_000, Bars(uring=1.15)),
    Work("nop, 256 a turn", "nop", width(256), 5_000_000, Bars(uring=1.15)),
    Work("ping-pong, 1 connection", "ping_pong", width(1), 100_000, Bars(1.08, 1.08, 0.88, 0.50, 1.15)),
    Work("ping-pong, 64 connections", "ping_pong", width(64), 100_000, Bars(1.08, 1.08, 0.85, 0.32, 1.15)),
    Work("ping-pong, 1000 connections", "ping_pong", width(1000), 100_000, Bars(1.08, 1.08, 0.88, 0.37, 1.15)),
    Work("stream, 64 KiB", "stream", (), 20_000, Bars(1.05, 1.05, 0.97)),
    Work("datagrams, window 32", "datagrams", (), 300_000, Bars(1.10, 1.10, 0.65, 0.48)),
    Work("connect + accept + close", "accept", width(16), 20_000, Bars(1.10, 1.08, 0.62, 0.45)),
    Work("read 4 KiB, random, 1", "reads", width(1), 300_000, Bars(1.05, None, 0.95), SLOW_READS),
    Work("read 4 KiB, random, 32", "reads", width(32), 500_000, Bars(1.05, None, 0.45), SLOW_READS),
    Work("read 4 KiB, sequential, 1", "reads", width(1, "--order=sequential"), 300_000, Bars(), SLOW_READS),
    Work("read 4 KiB, sequential, 32", "reads", width(32, "--order=sequential"), 500_000, Bars(), SLOW_READS),
    Work("wake, round trip", "wake", (), 100_000, Bars(1.10, 1.10, 0.95), {"libuv": 2_000}),
    Work("timers, 1 M", "timers", (), 1_000_000, Bars(best_peer=0.55), scales=False),
    Work("greenthread, started and joined", "greenthreads", ("--work=spawn",), 1_000_000),
    Work("greenthread, yield", "greenthreads", ("--work=yield",), 1_000_000),
    Work("timer put off, 100 k live", "churn", (), 1_000_000, Bars(best_peer=0.60)),
]

# Figures that are the heap's, not the clock's: one run is enough.
MEMORY = [
    Work("bytes an idle connection", "idle", width(1000), 1),
    Work("bytes an armed timer", "timers", (), 100_000, scales=False),
]
MEMORY_BARS = {"idle": 512, "timers": 160}
