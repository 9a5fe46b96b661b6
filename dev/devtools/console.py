"""What the tools print, and how they run other programs."""
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager


class Stop(Exception):
    """The one sentence that tells a person what went wrong and what to do."""


def say(message):
    """Print a progress line on standard error, so that standard output stays for results."""
    print(f"· {message}", file=sys.stderr, flush=True)


@contextmanager
def step(message):
    """Announce a long step, and print how many seconds it took once it is done."""
    say(f"{message} …")
    start = time.monotonic()
    yield
    say(f"{message}: done in {time.monotonic() - start:.0f} s")


def main(function):
    """Run `function(arguments)` as a program: a `Stop` becomes one sentence and exit code 1."""
    try:
        code = function(sys.argv[1:])
    except Stop as stop:
        sys.exit(f"\n✗ {stop}")
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code or 0)


def run(command, *, log=None, sentence=None, **options):
    """Run a program to its end and return its standard output as text.

    :param command: list of strings.
    :param log: a path; what the program prints is appended there instead of being returned.
    :param sentence: what `Stop` says if the program fails; the end of its output follows.
    """
    command = [str(part) for part in command]
    if log:
        with open(log, "ab") as output:
            done = subprocess.run(command, check=False, stdout=output, stderr=subprocess.STDOUT, **options)
        tail = read_tail(log) if done.returncode else ""
    else:
        done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
        tail = (done.stderr or done.stdout).strip()
    if done.returncode:
        raise Stop(explain(sentence or f"`{' '.join(command[:4])} …` failed: see the lines above.", tail, log))
    return "" if log else done.stdout


def explain(sentence, tail, log=None):
    """The sentence for a failed program: a full disk or a missing network is the better explanation."""
    lowered = tail.lower()
    if "no space left on device" in lowered or "disk full" in lowered:
        free = shutil.disk_usage(os.getcwd()).free / 1e9
        return f"The disk is full ({free:.1f} GB free, 4 GB are needed): make room and run the same command again."
    hints = ("temporary failure resolving", "could not resolve", "failed to establish a new connection",
             "network is unreachable", "could not connect to", "connection timed out", "could not fetch url")
    if tail:
        print("\n".join(line[:300] for line in tail.splitlines()[-40:]), file=sys.stderr)
    if any(hint in lowered for hint in hints):
        return "The network cannot be reached: check the connection (and the proxy) and run the same command again."
    return sentence + (f" The whole output is in {log}." if log else "")


def read_tail(path, size=6000):
    """The last `size` bytes of a text file."""
    with open(path, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - size))
        return file.read().decode(errors="replace")
