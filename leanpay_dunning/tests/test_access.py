"""Who may see and do what: model by model, dialog by dialog, button by button."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common_screens import ScreensCase

STORED = ('leanpay.payer.profile', 'leanpay.scenario', 'leanpay.scenario.step', 'leanpay.debtor', 'leanpay.reminder',
          'leanpay.reminder.line', 'leanpay.hold', 'leanpay.run', 'leanpay.timeline.event', 'leanpay.interest.rate',
          'leanpay.interest.regime', 'leanpay.interest.tier', 'leanpay.interest.suspension',
          'leanpay.interest.claim', 'leanpay.interest.waiver', 'leanpay.interest.booking', 'leanpay.evidence',
          'leanpay.evidence.chain', 'leanpay.evidence.event', 'leanpay.statement', 'leanpay.letter.provider',
          'leanpay.ask', 'leanpay.order.release', 'leanpay.thanks', 'leanpay.promise', 'leanpay.promise.line',
          'leanpay.dispute', 'leanpay.dispute.line', 'leanpay.dispute.step', 'leanpay.dispute.category',
          'leanpay.plan', 'leanpay.plan.item', 'leanpay.plan.instalment', 'leanpay.reply')
# The law and the profiles are the same for every company.
SHARED = ('leanpay.payer.profile', 'leanpay.interest.rate', 'leanpay.interest.regime', 'leanpay.interest.tier',
          'leanpay.dispute.category')
DIALOGS = ('leanpay.call.result', 'leanpay.interest.waive', 'leanpay.letter.post', 'leanpay.letter.post.line',
           'leanpay.letter.proof', 'leanpay.statement.wizard', 'leanpay.preview', 'leanpay.preview.line',
           'leanpay.promise.make', 'leanpay.dispute.open', 'leanpay.dispute.open.line', 'leanpay.dispute.resolve',
           'leanpay.dispute.resolve.line', 'leanpay.plan.make', 'leanpay.plan.accept')
OPERATIONS = ('read', 'write', 'create', 'unlink')
REMINDER_BUTTONS = ('action_approve', 'action_send_now', 'action_skip', 'action_edit_text', 'action_reset_text')
DEBTOR_BUTTONS = ('action_remind_now', 'action_use_suggested_profile', 'action_keep_profile')
# Models that have one company each, and those that companies share.
OWNED = ('leanpay.debtor', 'leanpay.reminder', 'leanpay.reminder.line', 'leanpay.hold', 'leanpay.run',
         'leanpay.timeline.event', 'leanpay.interest.suspension', 'leanpay.interest.claim', 'leanpay.interest.waiver',
         'leanpay.interest.booking', 'leanpay.ask', 'leanpay.order.release', 'leanpay.thanks')


@tagged('post_install', '-at_install')
class TestAccess(ScreensCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, login='screens_portal', groups='base.group_portal', company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])
        cls.other_company = cls.env['res.company'].sudo().create({'name': "Somebody Else"})
        cls.stranger = cls._user(
            'screens_stranger', 'leanpay_dunning.group_collections_manager', company=cls.other_company)
        cls.hold = cls.env['leanpay.hold'].sudo().create({'debtor_id': cls._debtor(cls.holder).id, 'kind': 'other'})
        cls.records = {
            'leanpay.payer.profile': cls.env['leanpay.payer.profile'].search([('code', '=', 'bad')]),
            'leanpay.scenario': cls.call_scenario,
            'leanpay.scenario.step': cls.call_scenario.step_ids,
            'leanpay.debtor': cls._debtor(cls.writer),
            'leanpay.reminder': cls.reminder,
            'leanpay.reminder.line': cls.reminder.line_ids,
            'leanpay.hold': cls.hold,
            'leanpay.run': cls.dunning_run,
            'leanpay.timeline.event': cls._debtor(cls.holder).timeline_ids[:1],
            'leanpay.interest.suspension': cls.env['leanpay.interest.suspension'].sudo().create({
                'debtor_id': cls._debtor(cls.holder).id, 'date_from': '2026-03-01'}),
            'leanpay.ask': cls.env['leanpay.ask'].sudo().create({
                'debtor_id': cls._debtor(cls.holder).id, 'who': 'other', 'colleague_id': cls.manager.id,
                'question': "Was it delivered?"}),
            'leanpay.order.release': cls.env['leanpay.order.release'].sudo().create({
                'debtor_id': cls._debtor(cls.holder).id, 'date_until': cls.today, 'reason': "Pays on delivery"}),
        } | cls._claim_records()

    @classmethod
    def _claim_records(cls):
        """Return a claim, its waiver and its booking, by model."""
        debtor = cls._debtor(cls.holder)
        item = cls.reminder.line_ids.move_line_id[:1]
        claim = cls.env['leanpay.interest.claim'].sudo().create({
            'company_id': debtor.company_id.id, 'debtor_id': debtor.id, 'move_line_id': item.id, 'kind': 'interest',
            'currency_id': item.currency_id.id, 'amount': 10})
        return {
            claim._name: claim,
            'leanpay.interest.waiver': cls.env['leanpay.interest.waiver'].sudo().create({
                'claim_id': claim.id, 'amount': 1, 'reason': "A gesture", 'user_id': cls.env.uid}),
            'leanpay.interest.booking': cls.env['leanpay.interest.booking'].sudo().create({
                'claim_id': claim.id, 'amount': 1, 'move_id': item.move_id.id}),
            'leanpay.thanks': cls.env['leanpay.thanks'].sudo().create({
                'company_id': debtor.company_id.id, 'debtor_id': debtor.id, 'item_id': item.id,
                'currency_id': item.currency_id.id, 'settled_on': cls.today}),
        }

    def _assert_nothing(self, user, models):
        for model in models:
            for operation in OPERATIONS:
                with self.subTest(model=model, operation=operation, user=user.login):
                    self.assertFalse(self.env[model].with_user(user).has_access(operation))

    def _assert_refused(self, user, record, methods):
        """The methods raise AccessError for a user and change nothing."""
        for method in methods:
            with self.subTest(method=method, user=user.login):
                with self.assertRaises(AccessError):
                    getattr(record.with_user(user), method)()
                self.assertEqual(self.reminder.state, 'planned')
                self.assertFalse(self.reminder.body_edited)

    # === PEOPLE WITHOUT RIGHTS === #

    def test_employee_and_portal_see_no_model(self):
        for user in (self.employee, self.portal):
            self._assert_nothing(user, STORED + DIALOGS)

    def test_employee_and_portal_press_no_button(self):
        for user in (self.employee, self.portal):
            self._assert_refused(user, self.reminder, REMINDER_BUTTONS)
            self._assert_refused(user, self._debtor(self.writer), DEBTOR_BUTTONS)
            self._assert_refused(user, self.hold, ['action_lift'])
            self._assert_refused(user, self.dunning_run, ['action_run'])

    def test_employee_has_no_menu(self):
        menus = self.env['ir.ui.menu'].with_user(self.employee)._visible_menu_ids()
        self.assertNotIn(self.env.ref('leanpay_dunning.leanpay_dunning_menu').id, menus)
        self.assertNotIn(self.env.ref('leanpay_dunning.leanpay_dunning_config_menu').id, menus)

    def test_employee_opens_a_customer(self):
        """The partner's form shows them no tab of ours, and does not break."""
        partner = self.writer.with_user(self.employee)
        arch = partner.get_view(view_type='form')['arch']
        self.assertNotIn('dunning', arch)
        self.assertEqual(partner.read(['name'])[0]['name'], self.writer.name)

    def test_how_somebody_pays_is_nobody_elses_business(self):
        """An employee reads customers, a customer reads their own record and invoices: not what we think of them."""
        invoice = self._items(self.writer).move_id
        for record in (self.writer, invoice, invoice.line_ids):
            ours = [name for name, field in record._fields.items() if field._module == 'leanpay_dunning']
            self.assertTrue(ours)
            for user in (self.employee, self.portal):
                with self.subTest(model=record._name, user=user.login):
                    self.assertFalse(set(record.with_user(user).fields_get()) & set(ours))
                    for name in ours:
                        with self.assertRaises(AccessError):
                            record.with_user(user).read([name])
            with self.subTest(model=record._name, user=self.billing.login):
                self.assertTrue(record.with_user(self.billing).read(ours))

    # === INVOICING ONLY === #

    def test_billing_reads(self):
        for model, record in self.records.items():
            if model == 'leanpay.run':
                continue
            with self.subTest(model=model):
                self.assertTrue(record.with_user(self.billing).read(['display_name']))

    def test_billing_changes_nothing(self):
        for model, record in self.records.items():
            for operation in ('write', 'create', 'unlink'):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(record.with_user(self.billing).has_access(operation))
        self._assert_nothing(self.billing, DIALOGS)

    def test_billing_presses_no_button(self):
        self._assert_refused(self.billing, self.reminder, REMINDER_BUTTONS)
        self._assert_refused(self.billing, self._debtor(self.writer), DEBTOR_BUTTONS)
        self._assert_refused(self.billing, self.hold, ['action_lift'])

    def test_billing_sends_nothing_that_others_approved(self):
        self.reminder.action_approve()
        with self.assertRaises(AccessError):
            self.reminder.with_user(self.billing).action_send_now()
        self.assertEqual(self.reminder.state, 'approved')

    def test_billing_menus(self):
        menus = self.env['ir.ui.menu'].with_user(self.billing)._visible_menu_ids()
        self.assertIn(self.env.ref('leanpay_dunning.leanpay_debtor_menu').id, menus)
        self.assertNotIn(self.env.ref('leanpay_dunning.leanpay_run_menu').id, menus)
        self.assertNotIn(self.env.ref('leanpay_dunning.leanpay_preview_menu').id, menus)

    # === ANOTHER COMPANY === #

    def test_other_company_finds_nothing(self):
        for model in (*OWNED, 'leanpay.scenario', 'leanpay.scenario.step'):
            with self.subTest(model=model):
                found = self.env[model].with_user(self.stranger).search([('id', 'in', self.records[model].ids)])
                self.assertFalse(found)
                with self.assertRaises(AccessError):
                    self.records[model].with_user(self.stranger).read(['display_name'])

    def test_other_company_uses_shared_scenarios(self):
        shared = self.env.ref('leanpay_dunning.leanpay_scenario_standard')
        self.assertTrue(shared.with_user(self.stranger).step_ids.mapped('name'))

    def test_other_company_presses_no_button(self):
        self._assert_refused(self.stranger, self.reminder, REMINDER_BUTTONS)
        self._assert_refused(self.stranger, self._debtor(self.writer), DEBTOR_BUTTONS)
        self._assert_refused(self.stranger, self.hold, ['action_lift'])
        self._assert_refused(self.stranger, self.dunning_run, ['action_run'])

    def test_other_company_has_no_dialog_here(self):
        debtor = self._debtor(self.caller)
        with self.assertRaises(AccessError):
            self.env['leanpay.call.result'].with_user(self.stranger).create({'debtor_id': debtor.id}).action_refuses()
        with self.assertRaises(AccessError):
            self.env['leanpay.preview'].with_user(self.stranger).create({'company_id': self.company.id})

    # === COLLECTIONS === #

    def test_collector_works(self):
        reminder = self.reminder.with_user(self.collector)
        reminder.action_approve()
        self.assertEqual(reminder.state, 'approved')
        self.assertEqual(reminder.approved_by_id, self.collector)
        hold = self.env['leanpay.hold'].with_user(self.collector).create(
            {'debtor_id': self._debtor(self.writer).id, 'kind': 'commercial'})
        self.assertEqual(reminder.state, 'void')
        hold.action_lift()
        self.assertEqual(hold.lifted_by_id, self.collector)

    def test_collector_writes_no_outcome(self):
        """The state of a reminder is proof: it changes through buttons, whatever context a client sends."""
        reminder = self.reminder.with_user(self.collector)
        for values in ({'state': 'sent'}, {'sent_date': '2020-01-01'}, {'level': '0'}, {'address': 'me@example.com'}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                reminder.write(values)
        reminder.write({'subject': "Edited"})
        self.assertTrue(self.reminder.body_edited)
        self.reminder.sudo().state = 'sent'
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            reminder.with_context(leanpay_rendering=True).write({'body': "Something else"})

    def test_collector_writes_no_figure(self):
        """What follows from the facts, and the mark that stops a message on its way, is written by our own code."""
        debtor = self._debtor(self.writer)
        free = {
            'profile_id': self.env.ref('leanpay_dunning.profile_bad').id, 'scenario_id': self.call_scenario.id,
            'collector_id': self.manager.id, 'accounting_email': 'compta@customer.example.com', 'note': "<p>x</p>",
            'contact_id': self.writer.id}
        people = {user: debtor.with_user(user) for user in (self.collector, self.manager)}
        for user, theirs in people.items():
            for name in ('partner_id', 'company_id', 'level', 'amount_overdue', 'amount_open', 'status', 'stale',
                         'attention', 'priority', 'next_date', 'last_contact_date', 'planned_on', 'bounced_email'):
                with self.subTest(field=name, user=user.login), self.assertRaises(AccessError):
                    theirs.write({name: debtor._fields[name].convert_to_write(debtor[name], debtor)})
            for name, value in free.items():
                with self.subTest(field=name, user=user.login):
                    theirs.write({name: value})
                    self.assertEqual(debtor._fields[name].convert_to_write(debtor[name], debtor), value)
            self.assertTrue(debtor.stale)

    def test_collector_creates_a_debtor_without_figures(self):
        debtors = self.env['leanpay.debtor'].with_user(self.collector)
        partner = self._customer("Nova First")
        with self.assertRaises(AccessError):
            debtors.create({'partner_id': partner.id, 'level': '5'})
        created = debtors.create({'partner_id': partner.id, 'note': "<p>Calls back</p>"})
        self.assertEqual((created.level, created.stale), (False, True))

    def test_collector_saves_the_page(self):
        """The form sends nothing else than what may be written."""
        with Form(self._debtor(self.writer).with_user(self.collector)) as form:
            form.accounting_email = 'compta@customer.example.com'
            form.why_date = self.today
        self.assertEqual(self._debtor(self.writer).accounting_email, 'compta@customer.example.com')

    def test_collector_does_not_decide_the_rules(self):
        refused = {
            'leanpay.payer.profile': ('write', 'create', 'unlink'),
            'leanpay.scenario': ('write', 'create', 'unlink'),
            'leanpay.scenario.step': ('write', 'create', 'unlink'),
            'leanpay.debtor': ('unlink',),
            'leanpay.reminder': ('create', 'unlink'),
            'leanpay.reminder.line': ('write', 'create', 'unlink'),
            'leanpay.hold': ('unlink',),
            'leanpay.run': ('write', 'create', 'unlink'),
        }
        for model, operations in refused.items():
            for operation in operations:
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(self.env[model].with_user(self.collector).has_access(operation))

    def test_dialogs_are_personal(self):
        preview = self.env['leanpay.preview'].with_user(self.collector).create({})
        with self.assertRaises(AccessError):
            preview.with_user(self.manager).read(['date'])

    def test_manager_decides(self):
        self.env['leanpay.scenario'].with_user(self.manager).create({'name': "Mine", 'company_id': self.company.id})
        run = self.env['leanpay.run'].with_user(self.manager).create({})
        self.assertEqual(run.company_id, self.company)
        self.assertFalse(run.has_access('unlink'))
        self.assertFalse(self.reminder.with_user(self.manager).has_access('unlink'))

    # === THE WHOLE ADD-ON === #

    def test_every_model_has_rights_and_a_company_rule(self):
        models = self.env['ir.model'].search([('model', '=like', 'leanpay.%'), ('abstract', '=', False)])
        self.assertEqual(set(models.mapped('model')), set(STORED + DIALOGS))
        self.assertTrue(all(access.group_id for access in models.access_ids), "a right for everybody")
        for model in models.filtered(lambda model: model.model not in SHARED):
            with self.subTest(model=model.model):
                self.assertTrue(model.rule_ids.filtered(lambda rule: not rule.groups), "no rule for everybody")

    def test_services_are_private(self):
        """What reads, decides and sends cannot be called from outside: it works with the rights of the system."""
        for model in ('leanpay.facts', 'leanpay.planner', 'leanpay.plan.writer', 'leanpay.recipient',
                      'leanpay.delivery', 'leanpay.delivery.mail', 'leanpay.letter', 'leanpay.late.interest',
                      'leanpay.interest.facts', 'leanpay.interest.book', 'leanpay.evidence.file',
                      'leanpay.statement.facts', 'leanpay.order.hold'):
            own = [cls for cls in type(self.env[model]).mro() if 'leanpay_dunning' in cls.__module__]
            public = {name for cls in own for name, value in vars(cls).items()
                      if callable(value) and not name.startswith('_')}
            with self.subTest(model=model):
                self.assertTrue(own)
                self.assertFalse(public)
