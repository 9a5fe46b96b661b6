"""`dev/odoo ARGS…`: run Odoo's command with the checkout's Python, configuration and add-ons."""
import os
import re
import subprocess

from . import config, setup
from .console import Stop, explain, main, read_tail, tied

START = "import sys, odoo.cli; sys.argv[0] = 'odoo'; odoo.cli.main()"


def command(*arguments):
    """Command line of an Odoo process; run it with `config.odoo_environment()`."""
    return [str(config.python()), "-c", START, *map(str, arguments)]


def run(arguments, *, log, sentence, feed=None, environment=None):
    """Run Odoo to its end, its output appended to `log`. An error in the log counts as a failure."""
    start = log.stat().st_size if log.exists() else 0
    with open(log, "ab") as output:
        done = subprocess.run(tied(command(*arguments)), input=feed, stdout=output, stderr=subprocess.STDOUT,
                              env=environment or config.odoo_environment(), check=False, cwd=config.ROOT)
    with open(log, "rb") as output:
        output.seek(start)
        errors = error_lines(output.read().decode(errors="replace"))
    if done.returncode or errors:
        raise Stop(explain(sentence, errors or read_tail(log), log))


def modules_loaded(log):
    """How far an Odoo is that writes to `log`, in words; for `step`."""
    found = re.findall(r"Loading module \S+ \((\d+)/(\d+)\)", read_tail(log, 100_000)) if log.exists() else []
    return "module {} of {}".format(*found[-1]) if found else "starting"


def error_lines(text):
    """The errors in Odoo's log with the lines that belong to them (tracebacks)."""
    kept, inside = [], False
    for line in text.splitlines():
        if re.match(r"\d{4}-\d\d-\d\d ", line):
            inside = " ERROR " in line or " CRITICAL " in line
        if inside:
            kept.append(line)
    return "\n".join(kept)


def shell(database, code, *, log, environment=None):
    """Run Python code with `env` of a database; it commits itself."""
    run(["shell", "-d", database, "--no-http"], log=log, feed=code.encode(), environment=environment,
        sentence=f"Code run on database {database} failed.")


def cli(arguments):
    setup.ensure()
    full = command(*arguments)
    os.execve(full[0], full, config.odoo_environment())


if __name__ == "__main__":
    main(cli)
