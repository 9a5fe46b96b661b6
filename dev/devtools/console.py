"""What the tools print, and how they run other programs."""
import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

from . import config

FULL = ("no space left on device", "disk full", "diskfull", "check free disk space", "disk quota exceeded")
OFFLINE = ("temporary failure resolving", "temporary failure in name resolution", "could not resolve",
           "failed to establish a new connection", "cannot connect to proxy", "unable to connect to",
           "network is unreachable", "could not connect to", "connection timed out", "could not fetch url")


class Stop(Exception):
    """The one sentence that tells a person what went wrong and what to do."""


def say(message):
    """Print a progress line on standard error, so that standard output stays for results."""
    print(f"· {message}", file=sys.stderr, flush=True)


@contextmanager
def step(message, progress=None):
    """Announce a long step, tell now and then how far it is, and how many seconds it took once it is done.

    :param progress: a function that returns a few words, like “34 of 125 MB”; the seconds are told without it.
    """
    say(f"{message} …")
    start, done = time.monotonic(), threading.Event()
    teller = threading.Thread(target=_tell, args=(message, progress, start, done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
    say(f"{message}: done in {time.monotonic() - start:.0f} s")


def _tell(message, progress, start, done):
    """One line that counts on a terminal; a line every 15 seconds elsewhere."""
    terminal = sys.stderr.isatty()
    while not done.wait(1 if terminal else 15):
        words = f"{message}: {time.monotonic() - start:.0f} s" + (f", {progress()}" if progress else "")
        if terminal:
            print(f"\r\033[K  {words}", end="", file=sys.stderr, flush=True)
        else:
            say(f"  {words}")
    if terminal:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def main(function):
    """Run `function(arguments)` as a program: what a person can mend becomes one sentence and exit code 1."""
    for number in (signal.SIGTERM, signal.SIGHUP):  # leave by the same door: databases are dropped, servers stopped
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores one
            signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    try:
        code = function(sys.argv[1:])
    except Stop as stop:
        sys.exit(f"\n✗ {stop}")
    except KeyboardInterrupt:
        print("\n✗ Interrupted: run the same command again when you like; what was installed stays.", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            sys.exit(f"\n✗ {_full()}")
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and str(error.filename).startswith(str(config.ROOT)):
            sys.exit(f"\n✗ {error.filename} cannot be written: use the account that owns this checkout, or your own "
                     "clone of it.")
        raise
    sys.exit(code or 0)


def tied(command):
    """The command line of a program that ends when this one is killed, so that nothing works on unseen."""
    command = [str(part) for part in command]
    return ["setpriv", "--pdeathsig", "TERM", "--", *command] if shutil.which("setpriv") else command


def attend(command, **options):
    """Run a program that talks to the person itself (pytest); returns its exit code.

    Ctrl-C reaches it too: it gets the time to end by itself, with its summary.
    """
    with subprocess.Popen(tied(command), **options) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            with suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
                process.wait(30)
            raise
        finally:
            process.terminate()  # nothing happens to one that has ended


def run(command, *, log=None, sentence=None, **options):
    """Run a program to its end and return its standard output as text.

    :param command: list of strings.
    :param log: a path; what the program prints is appended there instead of being returned.
    :param sentence: what `Stop` says if the program fails; the end of its output follows.
    """
    full = tied(command)
    if log:
        with open(log, "ab") as output:
            done = subprocess.run(full, check=False, stdout=output, stderr=subprocess.STDOUT, **options)
        tail = read_tail(log) if done.returncode else ""
    else:
        done = subprocess.run(full, check=False, capture_output=True, text=True, **options)
        tail = (done.stderr or done.stdout).strip()
    if done.returncode:
        name = " ".join(map(str, command[:4]))
        raise Stop(explain(sentence or f"`{name} …` failed: see the lines above.", tail, log))
    return "" if log else done.stdout


def _free():
    """(folder that must have room, free bytes)"""
    folder = next(folder for folder in (config.DEV, config.ROOT) if folder.exists())
    return folder, shutil.disk_usage(folder).free


def _full():
    folder, free = _free()
    return (f"The disk is full ({free / 1e9:.1f} GB free in {folder}, 4 GB are needed): make room and run the same "
            "command again.")


def explain(sentence, tail, log=None):
    """The sentence for a failed program: a full disk or a missing network is the better explanation."""
    lowered = tail.lower()
    # What fails on a full disk often says something else: PostgreSQL, that it recovers.
    if any(sign in lowered for sign in FULL) or _free()[1] < 20e6:
        return _full()
    if tail:
        print("\n".join(line[:300] for line in tail.splitlines()[-40:]), file=sys.stderr)
    if any(sign in lowered for sign in OFFLINE):
        return "The network cannot be reached: check the connection (and the proxy) and run the same command again."
    return sentence + (f" The whole output is in {log}." if log else "")


def read_tail(path, size=6000):
    """The last `size` bytes of a text file."""
    with open(path, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - size))
        return file.read().decode(errors="replace")
