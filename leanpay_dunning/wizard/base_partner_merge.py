from odoo import api, models

from ..models.leanpay_debtor import WRITABLE

# Chosen for one customer. Of no company that they belong to one day: what it owes is not written to a private address.
PRIVATE = ('profile_id', 'profile_pinned', 'scenario_id', 'contact_id', 'accounting_email')


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging customers merges their debtors: one per company, with everything that was said."""

    _inherit = 'base.partner.merge.automatic.wizard'

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: it would leave two debtors for one customer, which the database refuses."""
        self._merge_debtors(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _log_merge_operation(self, src_partners, dst_partner):
        """Override of `base`, called once all is merged: the worklist says at once what is true now."""
        result = super()._log_merge_operation(src_partners, dst_partner)
        # Merged with somebody's contact, a person becomes one: that company has the debtor from now on.
        self._merge_debtors(dst_partner, dst_partner)
        # sudo: the figures follow from the facts, whoever merges, in every company
        debtors = self.env['leanpay.debtor'].sudo().search([('partner_id', '=', dst_partner.commercial_partner_id.id)])
        self.env['leanpay.hold'].sudo().search([('item_ids.partner_id', 'child_of', dst_partner.id)])._follow_items()
        self.env['leanpay.planner'].sudo()._refresh(debtors)
        debtors._mark_stale()
        return result

    def _merge_debtors(self, src_partners, dst_partner):
        """Bring all debtors of these partners together at the one that stays, company by company.

        Who becomes a contact of a company brings it what was said, not how they are chased nor where they are written.

        :param src_partners: res.partner that are no customers of their own any more
        :param dst_partner: res.partner that stays; when it is a contact, its company has the debtor
        """
        customer = dst_partner.commercial_partner_id
        # sudo: whoever may merge customers does so in all companies, with or without rights on dunning
        debtors = self.env['leanpay.debtor'].sudo().search(
            [('partner_id', 'in', (src_partners | customer).ids)], order='id')
        for _company, found in debtors.grouped('company_id').items():
            kept = found.filtered(lambda debtor: debtor.partner_id == customer) or found[:1]
            moved = found - kept
            joining = found.filtered(lambda debtor: customer not in (dst_partner, debtor.partner_id))
            left = self._private_choices(joining)
            if kept.partner_id != customer:
                # Nobody chose anything for the company yet. What bounced stays refused.
                kept.write(dict.fromkeys(PRIVATE if joining else (), False) | {
                    'partner_id': customer.id, 'bounced_email': kept.bounced_email})
            if moved:
                self._merge_into(moved, kept, PRIVATE if joining else ())
            for text in left:
                kept.message_post(body=text)
            kept.reminder_ids.filtered(lambda reminder: reminder.partner_id != customer).partner_id = customer

    def _private_choices(self, joining):
        """Return a line for each of these debtors with choices that their companies do not take over.

        :rtype: list[str]
        """
        lines = []
        for debtor in joining:
            names = [name for name in PRIVATE if debtor[name]]
            texts = [debtor._fields[name]._description_string(self.env) for name in names]
            values = [debtor[name].display_name if name.endswith('_id') else debtor[name] for name in names]
            choices = [
                text if value is True else self.env._("%(label)s: %(value)s", label=text, value=value)
                for text, value in zip(texts, values, strict=True)]
            if choices:
                lines.append(self.env._(
                    "Chosen for %(contact)s alone, and left with them: %(choices)s",
                    contact=debtor.partner_id.name, choices=' · '.join(choices)))
        return lines

    def _merge_into(self, moved, kept, private):
        """Give all that debtors have to another one of the same company, and delete them.

        :param moved: leanpay.debtor
        :param kept: leanpay.debtor whose own choices win
        :param private: names of the choices that are not taken over
        """
        names = ', '.join(moved.mapped('partner_id.name'))
        # Two messages at one step must not both leave: what those who go had planned is planned again.
        moved._void_pending(self.env['account.move.line'], self.env._("merged with %s", kept.partner_id.name))
        self.env.flush_all()
        kept.write({
            name: value for name, value in self._merged_choices(moved, kept).items() if name not in private})
        # Before the generic update, which deletes what a unique index refuses twice.
        self.env['leanpay.evidence.chain'].search([('debtor_id', 'in', moved.ids)])._move(kept)
        self.env['leanpay.statement'].search([('debtor_id', 'in', moved.ids)])._move_to(kept)
        self._update_foreign_keys_generic(moved._name, moved, kept)
        self._update_reference_fields_generic(moved._name, moved, kept)
        self.env.invalidate_all()
        moved.unlink()
        kept.message_post(body=self.env._("The history of %s was merged into this one.", names))

    def _merged_choices(self, moved, kept):
        """Return what is missing at a debtor and chosen at the others, and the notes of all."""
        choices = self._merged_profile(moved, kept)
        for name in WRITABLE - {'why_date', 'note', 'profile_id', 'profile_pinned', 'suspension_ids', 'interest_date'}:
            found = moved.filtered(name)[:1]
            if found and not kept[name]:
                choices[name] = kept._fields[name].convert_to_write(found[name], found)
        if any(moved.mapped('joined_choices')):
            choices['joined_choices'] = dict(
                item for debtor in moved | kept for item in (debtor.joined_choices or {}).items())
        notes = [debtor.note for debtor in kept | moved if debtor.note]
        if len(notes) > bool(kept.note):
            choices['note'] = '<br/>'.join(notes)
        return choices

    def _merged_profile(self, moved, kept):
        """Return the profile to take over, with its pin: what a person knows wins over what was only found."""
        debtors = kept | moved
        chosen = (debtors.filtered('profile_pinned') or debtors.filtered('profile_id') or kept)[:1]
        if chosen == kept:
            return {}
        return {'profile_id': chosen.profile_id.id, 'profile_pinned': chosen.profile_pinned}
