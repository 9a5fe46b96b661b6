from odoo import fields


class UncheckedMany2one(fields.Many2one):
    """A many2one without foreign key: the comodel must itself refuse to delete a record in use.

    For rows written by the hundred thousand: each check of a foreign key costs as much as writing the row, and locks
    what is pointed at.
    """

    def update_db_foreign_key(self, model, column):
        """Add no foreign key."""
