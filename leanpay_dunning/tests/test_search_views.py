from ast import literal_eval

from lxml import etree

from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestSearchViews(TransactionCase):
    """What the search bars offer can be done."""

    def test_every_grouping_groups(self):
        views = self.env['ir.ui.view'].search([('type', '=', 'search'), ('model', '!=', False)]).filtered(
            lambda view: (view.xml_id or '').startswith('leanpay_dunning.'))
        self.assertIn('account.move', views.mapped('model'))
        for view in views:
            root = view
            while root.inherit_id:
                root = root.inherit_id
            arch = etree.fromstring(self.env[view.model].get_view(root.id, 'search')['arch'])
            for node in arch.xpath("//filter[contains(@context, 'group_by')]"):
                grouping = literal_eval(node.get('context'))['group_by']
                if self.env[view.model]._fields[grouping.split(':')[0]].type in ('date', 'datetime'):
                    grouping = f"{grouping.split(':')[0]}:month"  # as the search bar does
                with self.subTest(model=view.model, grouping=grouping):
                    self.env[view.model].formatted_read_group([], [grouping], ['__count'])
