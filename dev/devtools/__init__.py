"""How a bare machine gets a real Odoo 19, PostgreSQL, Chromium and a mail catcher; standard library only."""
