"""What a process costs, as the kernel counts it."""

from pathlib import Path

NANOSECONDS = 1_000_000_000
KIB = 1024


def cpu_seconds(pid: int) -> float:
    """The processor time of all threads of a process so far, in user space and in the kernel.

    From the scheduler's own account (nanoseconds), not from the ticks in `stat`: work that comes in bursts of a fraction of a
    millisecond, started by timers, is counted wrongly by looking every 10 ms who happens to run.
    """
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / NANOSECONDS


def memory_bytes(pid: int) -> int:
    """The memory of a process; what it shares with others counts in part (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * KIB
    raise AssertionError("the kernel tells the PSS of every process")
