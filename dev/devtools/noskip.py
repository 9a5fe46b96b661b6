"""pytest plugin: a skipped test makes the whole run fail, with a sentence that names it."""
import pytest

SENTENCE = "A skipped test proves nothing, so this run counts as failed: install what it misses, or remove it."


def _skipped(config):
    reporter = config.pluginmanager.getplugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Turn a green run with skips into a failed one (only where results are gathered, not in a worker)."""
    if exitstatus == pytest.ExitCode.OK and not hasattr(session.config, "workerinput") and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    """Name the skipped tests, above pytest's own last line."""
    reports = _skipped(config)
    if reports:
        terminalreporter.section("skipped tests", red=True)
        for report in reports:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}")
        terminalreporter.line(SENTENCE)
