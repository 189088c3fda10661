"""What a process costs, as the kernel counts it."""

from pathlib import Path

NANOSECONDS = 1_000_000_000
MICROSECONDS = 1_000_000
KIB = 1024


def cpu_seconds(pid: int) -> float:
    """The processor time of all threads of a process so far, in user space and in the kernel.

    From the scheduler's own account (nanoseconds), not from the ticks in `stat`: work that comes in bursts of a fraction of a
    millisecond, started by timers, is counted wrongly by looking every 10 ms who happens to run.
    """
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / NANOSECONDS


def group_cpu_seconds(pid: int) -> float:
    """The processor time so far of everything in a process's control group: of its container, those included that have ended."""
    cgroups = Path("/sys/fs/cgroup")
    groups = [line.split(":", 2)[1:] for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines()]
    for controllers, path in groups:
        usage = cgroups / "cpuacct" / path.lstrip("/") / "cpuacct.usage"
        if "cpuacct" in controllers.split(",") and usage.exists():
            return int(usage.read_text()) / NANOSECONDS
    (path,) = (path for controllers, path in groups if not controllers)
    words = cgroups.joinpath(path.lstrip("/"), "cpu.stat").read_text().split()
    return int(words[words.index("usage_usec") + 1]) / MICROSECONDS


def memory_bytes(pid: int) -> int:
    """The memory of a process; what it shares with others counts in part (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * KIB
    raise AssertionError("the kernel tells the PSS of every process")
