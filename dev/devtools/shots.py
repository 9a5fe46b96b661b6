"""The pictures of the documentation: `python -m devtools.shots URL DATABASE FOLDER [NAME…]`, with Odoo's Python."""
import json
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from devtools.browser import Browser


@dataclass(frozen=True)
class Shot:
    """One picture: where, what must be visible, as whom, and what to click first (JavaScript)."""

    name: str
    path: str
    ready: str
    login: str = "admin"
    script: str = ""
    size: tuple = (1440, 900)


SHOTS = (
    Shot("worklist", "/odoo/action-leanpay_dunning.leanpay_debtor_action", ".o_data_row, .o_kanban_record"),
    Shot("debtor", "/odoo/action-leanpay_dunning.leanpay_debtor_action", ".o_form_view",
         script="document.querySelector('.o_data_row .o_data_cell, .o_kanban_record').click()"),
    Shot("interest", "/odoo/action-leanpay_dunning.leanpay_debtor_action", ".o_leanpay_interest table",
         script="document.querySelector('.o_data_row .o_data_cell, .o_kanban_record').click();"
                "const timer = setInterval(() => {"
                " const tab = document.querySelector('.o_form_view .nav-link[name=interest]');"
                " if (tab) { clearInterval(timer); tab.click();"
                " setTimeout(() => tab.scrollIntoView(), 500); } }, 200)"),
    Shot("evidence", "/odoo/action-leanpay_dunning.leanpay_debtor_action",
         ".o_form_view .nav-link[name=evidence].active",
         script="document.querySelector('.o_data_row .o_data_cell, .o_kanban_record').click();"
                "const timer = setInterval(() => {"
                " const tab = document.querySelector('.o_form_view .nav-link[name=evidence]');"
                " if (tab) { clearInterval(timer); tab.click();"
                " setTimeout(() => tab.scrollIntoView(), 500); } }, 200)"),
    Shot("reminders", "/odoo/action-leanpay_dunning.leanpay_reminder_action", ".o_data_row, .o_kanban_record"),
    Shot("reminder", "/odoo/action-leanpay_dunning.leanpay_reminder_action", ".o_form_view",
         script="document.querySelector('.o_data_row .o_data_cell, .o_kanban_record').click()"),
    Shot("runs", "/odoo/action-leanpay_dunning.leanpay_run_action", ".o_data_row"),
    Shot("scenarios", "/odoo/action-leanpay_dunning.leanpay_scenario_action", ".o_data_row"),
    Shot("scenario", "/odoo/action-leanpay_dunning.leanpay_scenario_action", ".o_form_view",
         script="document.querySelector('.o_data_row .o_data_cell').click()"),
)


def wait_for(url, seconds=60):
    """Wait until a server answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{url}/web/health"):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def log_in(browser, url, login, database):
    """Open a session: the demo users' passwords are their logins."""
    browser.send("Network.clearBrowserCookies")
    browser.go(f"{url}/web/login", "form.oe_login_form")
    request = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": json.dumps(
        {"jsonrpc": "2.0", "params": {"db": database, "login": login, "password": login}})}
    answer = browser.evaluate(f"fetch('/web/session/authenticate', {json.dumps(request)}).then(x => x.json())")
    if not answer.get("result", {}).get("uid"):
        raise RuntimeError(f"{login} cannot log in: {answer}")


def take(browser, url, shot, folder):
    """Make one picture."""
    width, height = shot.size
    browser.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
    if shot.script:
        browser.go(url + shot.path, ".o_data_row, .o_kanban_record")
        browser.evaluate(shot.script)
        browser.wait(f"document.querySelector({json.dumps(shot.ready)}) !== null")
        browser.settle()
    else:
        browser.go(url + shot.path, shot.ready)
    browser.screenshot(Path(folder, f"{shot.name}.png"))
    print(f"· {shot.name}.png", file=sys.stderr, flush=True)


def main(url, database, folder, *names):
    """Make the pictures named, or all."""
    wait_for(url)
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with Browser() as browser:
        logged_in = None
        for shot in wanted:
            if shot.login != logged_in:
                log_in(browser, url, shot.login, database)
                logged_in = shot.login
            take(browser, url, shot, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
