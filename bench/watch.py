"""Stopwatches: wall clock, processor time of this process and of its PostgreSQL backend, peak memory, queries."""
import gc
import time
from contextlib import contextmanager
from types import SimpleNamespace

import psutil


@contextmanager
def watch(cr):
    """Yield a namespace that holds `wall`, `cpu` (this process), `backend` (its PostgreSQL process, None when it runs
    elsewhere), all in seconds, and `queries`, once the block is left."""
    figures = SimpleNamespace()
    gc.collect()
    cr.execute("SELECT pg_backend_pid()")
    backend = _local_backend(cr.fetchone()[0])
    queries, wall, cpu, server = cr.sql_log_count, time.monotonic(), time.process_time(), _seconds(backend)
    yield figures
    figures.wall = time.monotonic() - wall
    figures.cpu = time.process_time() - cpu
    figures.backend = _seconds(backend) - server if backend else None
    figures.queries = cr.sql_log_count - queries


def peak_memory():
    """The most memory that this process ever had resident, in MB.

    Not `ru_maxrss`: a child process inherits its parent's.
    """
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def _local_backend(pid):
    """The process of a PostgreSQL backend, None when the server runs on another machine."""
    if not psutil.pid_exists(pid):
        return None
    process = psutil.Process(pid)
    return process if "postgres" in process.name() else None


def _seconds(process):
    return sum(process.cpu_times()[:2]) if process else 0.0
