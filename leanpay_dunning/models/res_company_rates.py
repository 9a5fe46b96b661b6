from odoo import models
from odoo.tools import format_date

from ..engine.rates import rates_needed


class ResCompany(models.Model):
    """Asks for the reference rates that late interest will need, before it needs them."""

    _inherit = 'res.company'

    def _dunning_watch_rates(self, today):
        """Ask somebody, once, to enter the reference rates that are missing; close it when none is.

        From 15 December and 15 June on, those of the half-year to come are asked for as well.

        :param today: day in the company's time zone
        :return: what is missing, one line each
        """
        self.ensure_one()
        # sudo: the law is the same for everybody
        regimes = self.env['leanpay.interest.regime'].sudo().search([('country_id', '=', self.country_id.id)])
        law = self.env['leanpay.late.interest']
        missing = rates_needed([law._engine_regime(regime) for regime in regimes], law._book(), today)
        lines = [
            self.env._(
                "The reference rate %(index)s of %(day)s is not entered: no late interest is claimed for the days that "
                "need it. Enter it, with its source, in Configuration › Collections › Reference Rates.",
                index=index, day=format_date(self.env, day))
            for index, day in missing]
        if lines:
            self._dunning_need_attention(
                'interest_rate', self.env._("Enter the reference rates of late interest"), '\n'.join(lines))
        else:
            self._dunning_attention_given('interest_rate')
        return lines
