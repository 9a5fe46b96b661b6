"""The trade of dunning in plain Python: no Odoo import, no I/O, no clock. Values in, values out."""
