from datetime import time, timedelta
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models import leanpay_planner
from .common import TODAY, Ledger
from .common_models import ModelsCase

DAY = timedelta(days=1)


@tagged('post_install', '-at_install')
class TestRuns(ModelsCase):
    """Runs as records: any day, errors, dry run, scheduled action."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.ledger.customer("Runs"), cls.ledger.customer("Other")
        cls.invoice, cls.theirs = cls.late(cls.customer, 20), cls.late(cls.other, 20, 50)

    def test_counts(self):
        run = self.ledger.run(TODAY)
        self.assertRecordValues(run, [{
            'state': 'done', 'debtor_count': 2, 'item_count': 2, 'planned_count': 2, 'kept_count': 0, 'void_count': 0,
            'error_count': 0, 'reminder_count': 2, 'log': False, 'user_id': self.env.uid}])
        self.assertEqual(run.action_view_reminders()['domain'], [('run_id', 'in', run.ids)])

    def test_figures_over_time(self):
        """The pivot and the graph of the runs say how many reminders were planned."""
        self.ledger.run(TODAY)
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_run_action')
        self.assertEqual(action['view_mode'], 'list,form,pivot,graph')
        for kind in ('pivot', 'graph'):
            fields = etree.fromstring(self.env['leanpay.run'].get_view(view_type=kind)['arch']).findall('field')
            measures = [field.get('name') for field in fields if field.get('type') == 'measure']
            [grouping] = [field for field in fields if field.get('type') != 'measure']
            [group] = self.env['leanpay.run'].formatted_read_group(
                [('company_id', '=', self.company.id)], [f"{grouping.get('name')}:{grouping.get('interval')}"],
                [f'{measure}:sum' for measure in measures])
            self.assertEqual(group['planned_count:sum'], 2)

    def test_any_day(self):
        run = self.ledger.run(TODAY - 18 * DAY)
        self.assertFalse(run.reminder_ids)
        run = self.ledger.run(TODAY - 17 * DAY)
        self.assertEqual(run.reminder_ids.mapped('date_planned'), [TODAY - 17 * DAY] * 2)
        self.assertEqual(run.reminder_ids.line_ids.mapped('days_late'), [3, 3])

    def test_preventive_step_on_a_future_invoice(self):
        self.late(self.customer, -20, 300)
        run = self.ledger.run(TODAY + 15 * DAY)
        lines = run.reminder_ids.filtered(lambda r: r.partner_id == self.customer).line_ids
        self.assertEqual(lines.mapped('step_id.level'), ['0', '1'] if lines[0].amount_due == 300 else ['1', '0'])

    def failing(self, partner):
        decide, debtor = leanpay_planner.decide, self.ensure(partner)

        def fail_for_one(facts, policy, today):
            if facts.debtor_id == debtor.id:
                raise ZeroDivisionError("no luck")
            return decide(facts, policy, today)
        return patch.object(leanpay_planner, 'decide', fail_for_one)

    def test_one_failing_debtor_does_not_stop_the_others(self):
        with self.failing(self.customer), mute_logger('odoo.addons.leanpay_dunning.models.leanpay_planner'):
            run = self.ledger.run(TODAY)
        self.assertEqual((run.state, run.error_count, run.planned_count), ('errors', 1, 1))
        self.assertEqual(run.log, "Runs: ZeroDivisionError: no luck")
        self.assertEqual(run.reminder_ids.partner_id, self.other)
        debtor = self.debtor(self.customer)
        self.assertEqual(debtor.status, 'attention')
        self.assertEqual(debtor.attention, "ZeroDivisionError: no luck")
        self.assertEqual(self.activities(debtor), ["Dunning failed for this customer"])
        self.assertIn("no luck", debtor.activity_ids.note)

    def test_failing_twice_asks_once_and_keeps_what_was_planned(self):
        planned = self.plan().filtered(lambda reminder: reminder.partner_id == self.customer)
        with self.failing(self.customer), mute_logger('odoo.addons.leanpay_dunning.models.leanpay_planner'):
            self.ledger.run(TODAY)
            self.ledger.run(TODAY)
        self.assertEqual(len(self.debtor(self.customer).activity_ids), 1)
        self.assertEqual(planned.state, 'approved')
        run = self.ledger.run(TODAY)
        self.assertEqual((run.state, self.debtor(self.customer).attention), ('done', False))

    def test_dry_run_writes_nothing_and_tells_what_the_run_does(self):
        self.late(self.customer, 4, 33)
        self.late(self.other, 20, 20, currency=self.ledger.currency('USD', 2))
        for invoice in self.env['account.move'].search([('move_type', '=', 'out_invoice')]):
            invoice._portal_ensure_token()  # a token of the dry run's own would be undone with it
        before = self.table_counts()
        preview = self.env['leanpay.planner']._preview(self.company, TODAY)
        self.assertEqual(self.changes(before), {})
        self.assertFalse(self.reminders())
        reminders = self.plan()
        self.assertEqual(len(preview), 3)
        self.assertEqual(self.essential(preview), self.essential(reminders._preview_values()))
        for values in preview:
            self.assertTrue(values['subject'] and values['body'])
            self.assertFalse(values['debtor_id'], "the debtor was undone with the rest")

    def test_dry_run_on_screen_before_anything_ran(self):
        preview = self.env['leanpay.preview'].create({'date': TODAY})
        preview.action_preview()
        self.env.flush_all()
        self.assertEqual(preview.line_ids.partner_id, self.customer | self.other)
        self.assertFalse(self.debtor(self.customer))
        action = preview.line_ids.filtered(lambda line: line.partner_id == self.customer).action_open_debtor()
        self.assertEqual(action['res_id'], self.debtor(self.customer).id)

    def test_dry_run_of_a_failing_debtor_notifies_nobody(self):
        person = self.env['res.users'].create({
            'name': "Collector", 'login': 'collector@planner.example', 'email': 'collector@planner.example'})
        self.ensure(self.customer).collector_id = person
        before = self.table_counts()
        with (self.failing(self.customer), mute_logger('odoo.addons.leanpay_dunning.models.leanpay_planner'),
              patch.object(type(self.env['mail.activity']), 'action_notify') as notify):
            self.env['leanpay.planner']._preview(self.company, TODAY)
        notify.assert_not_called()
        self.assertEqual(self.changes(before), {})

    def test_dry_run_of_one_debtor_and_another_day(self):
        debtor = self.ensure(self.customer)
        for days, found in ((-18, 0), (-17, 1), (0, 1), (300, 1)):
            with self.subTest(days):
                preview = self.env['leanpay.planner']._preview(self.company, TODAY + days * DAY, self.customer)
                self.assertEqual([values['debtor_id'] for values in preview], debtor.ids * found)

    def test_dry_run_leaves_figures_alone(self):
        self.plan()
        debtor = self.debtor(self.customer)
        before = debtor.read(['level', 'next_date', 'status', 'stale', 'amount_overdue', 'planned_on'])
        self.env['leanpay.planner']._preview(self.company, TODAY + 300 * DAY)
        self.assertEqual(debtor.read(['level', 'next_date', 'status', 'stale', 'amount_overdue', 'planned_on']), before)

    def essential(self, values_list):
        names = ('partner_id', 'step_id', 'level', 'channel', 'contact_id', 'address', 'currency_id', 'amount_total',
                 'item_count', 'state', 'subject', 'body')
        return sorted([tuple(values[name] for name in names) for values in values_list], key=str)

    def table_counts(self):
        """Return the number of rows of every table."""
        self.env.cr.flush()  # with what the test itself tracks
        tables = [name for [name] in self.env.execute_query(SQL(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))]
        query = " UNION ALL ".join(f"""SELECT '{name}', COUNT(*) FROM "{name}" """ for name in sorted(tables))
        return dict(self.env.execute_query(SQL(query)))

    def changes(self, before):
        return {name: (before[name], count) for name, count in self.table_counts().items() if count != before[name]}

    def test_company_that_is_off(self):
        run = self.env['leanpay.run'].create({'company_id': self.company.id, 'date': TODAY})
        self.company.dunning_active = False
        with self.refused(UserError, "Dunning is off for Vendeur SAS. Switch it on in the Invoicing settings."):
            run.action_run()
        self.assertEqual(run.state, 'draft')

    def test_company_without_scenario(self):
        self.company.dunning_scenario_id = False
        with self.refused(UserError, "Vendeur SAS has no default dunning scenario. Choose one"):
            self.env['leanpay.run'].create({'company_id': self.company.id, 'date': TODAY}).action_run()
        with self.refused(UserError, "Vendeur SAS has no default dunning scenario. Choose one"):
            self.ensure(self.customer).action_remind_now()

    def test_run_is_made_once(self):
        run = self.env['leanpay.run'].create({'company_id': self.company.id, 'date': TODAY})
        run.action_run()
        self.assertEqual((run.state, run.planned_count), ('done', 2))
        with self.refused(UserError, "This run has already been made"):
            run.action_run()

    def test_other_days_are_only_shown(self):
        hold = self.env['leanpay.hold'].create({
            'debtor_id': self.ensure(self.customer).id, 'date_from': TODAY - DAY, 'date_until': TODAY + DAY})
        for day in (TODAY + 9 * DAY, TODAY - DAY):
            run = self.env['leanpay.run'].create({'company_id': self.company.id, 'date': day})
            with self.refused(UserError, "To see what another day would give, use the dry run."):
                run.action_run()
            self.assertEqual((run.state, run.reminder_ids.ids, hold.expiry_notified), ('draft', [], False))

    def test_holds_end_with_the_day_it_really_is(self):
        hold = self.env['leanpay.hold'].create({
            'debtor_id': self.ensure(self.customer).id, 'date_from': TODAY - DAY, 'date_until': TODAY + DAY})
        self.ledger.run(TODAY + 9 * DAY)
        self.assertFalse(hold.expiry_notified)

    def test_locked_debtors_are_logged(self):
        debtor = self.ensure(self.customer) | self.ensure(self.other)
        lock = type(debtor).try_lock_for_update

        def locked_elsewhere(debtors, **options):
            return lock(debtors, **options) - debtor[0]
        with (patch.object(type(debtor), 'try_lock_for_update', locked_elsewhere),
              mute_logger('odoo.addons.leanpay_dunning.models.leanpay_planner')):
            run = self.ledger.run(TODAY)
        self.assertEqual((run.state, run.debtor_count, run.reminder_ids.partner_id), ('done', 1, self.other))
        self.assertEqual(run.log, "Runs: being changed by somebody else, the next run looks at it")

    def test_locked_for_a_moment(self):
        debtors = self.ensure(self.customer) | self.ensure(self.other)
        lock, calls = type(debtors).try_lock_for_update, []

        def locked_once(debtors, **options):
            calls.append(debtors)
            return lock(debtors, **options) - (debtors[0] if len(calls) == 1 else debtors.browse())
        with patch.object(type(debtors), 'try_lock_for_update', locked_once):
            run = self.ledger.run(TODAY)
        self.assertEqual((run.debtor_count, run.planned_count, run.log), (2, 2, False))

    def test_remind_now_plans_one_debtor_only(self):
        action = self.ensure(self.customer).action_remind_now()
        reminders = self.env['leanpay.reminder'].search(action['domain'])
        self.assertEqual(reminders, self.reminders())
        self.assertEqual(reminders.partner_id, self.customer)
        self.assertEqual((reminders.run_id.debtor_count, reminders.run_id.state), (1, 'done'))

    def test_expired_hold_is_notified_once(self):
        debtor = self.ensure(self.customer)
        hold = self.env['leanpay.hold'].create({
            'debtor_id': debtor.id, 'date_from': TODAY - 9 * DAY, 'date_until': TODAY})
        self.ledger.run(TODAY)
        self.assertFalse(hold.expiry_notified)
        self.go_to(TODAY + DAY)
        self.ledger.run(TODAY + DAY)
        self.ledger.run(TODAY + DAY)
        self.assertTrue(hold.expiry_notified)
        self.assertEqual(self.activities(debtor), ["A hold has ended: dunning goes on"])
        self.assertTrue(self.pending(self.customer))

    def test_scheduled_action(self):
        other = Ledger(self.env(context={}), "Autre SAS", dunning_scenario_id=self.scenario.id)
        other.invoice(self.customer.with_env(other.env), 700, TODAY - 20 * DAY)
        silent = Ledger(self.env(context={}), "Silence SAS", dunning_active=False)
        silent.invoice(self.customer.with_env(silent.env), 900, TODAY - 20 * DAY)
        with self.enter_registry_test_mode():
            self.env.ref('leanpay_dunning.ir_cron_plan').method_direct_trigger()
            self.env.ref('leanpay_dunning.ir_cron_plan').method_direct_trigger()
        self.env.invalidate_all()
        runs = self.env['leanpay.run'].with_context(allowed_company_ids=[]).search([])
        self.assertEqual(set(runs.mapped('state')), {'done'})
        self.assertEqual(runs.company_id, self.company | other.company)
        self.assertEqual([sum(runs.filtered(lambda run, c=company: run.company_id == c).mapped('planned_count'))
                          for company in (self.company, other.company, silent.company)], [2, 1, 0])

    def test_scheduled_action_with_a_failing_debtor(self):
        with (self.failing(self.customer), self.enter_registry_test_mode(),
              mute_logger('odoo.addons.leanpay_dunning.models.leanpay_planner')):
            self.env.ref('leanpay_dunning.ir_cron_plan').method_direct_trigger()
        self.env.invalidate_all()
        run = self.env['leanpay.run'].search([], limit=1)
        self.assertEqual((run.state, run.reminder_ids.partner_id), ('errors', self.other))

    def failing_insert(self, partner):
        """Fail, as PostgreSQL would, whenever the batch holds a reminder to this customer."""
        writer, debtor = type(self.env['leanpay.plan.writer']), self.ensure(partner)
        insert = writer._insert

        def fail_for_one(model, plan, run, rows):
            if any(debtor_id == debtor.id for debtor_id, _reminder in plan.create):
                model.env.cr.execute("SELECT 1 / 0")
            return insert(model, plan, run, rows)
        return patch.object(writer, '_insert', fail_for_one)

    def test_batch_that_fails_loses_one_debtor_only(self):
        for number in range(5):
            self.late(self.ledger.customer(f"C{number}"), 20)
        with (self.failing_insert(self.customer), self.enter_registry_test_mode(), self.quiet_sql(),
              mute_logger('odoo.addons.leanpay_dunning.models.leanpay_planner')):
            self.env.ref('leanpay_dunning.ir_cron_plan').method_direct_trigger()
        self.env.invalidate_all()
        run = self.env['leanpay.run'].search([], limit=1)
        self.assertEqual((run.state, run.planned_count, run.debtor_count), ('errors', 6, 6))
        self.assertIn("Runs: DivisionByZero: division by zero", run.log)
        self.assertEqual(self.activities(self.debtor(self.customer)), ["Dunning failed for this customer"])
        self.assertEqual(len(self.reminders().partner_id - self.customer), 6)

    def test_company_that_fails_does_not_stop_the_others(self):
        other = Ledger(self.env(context={}), "Autre SAS", dunning_scenario_id=self.scenario.id)
        other.invoice(self.customer.with_env(other.env), 700, TODAY - 20 * DAY)
        person = self.env['res.users'].create({'name': "Chief", 'login': 'chief@planner.example'})
        self.company.dunning_user_id = person
        policy, company = type(self.company)._dunning_policy, self.company

        def fail_for_one(asked):
            if asked == company:
                raise ZeroDivisionError("no policy")
            return policy(asked)
        with (patch.object(type(company), '_dunning_policy', fail_for_one), self.enter_registry_test_mode(),
              mute_logger('odoo.addons.leanpay_dunning.models.leanpay_planner',
                          'odoo.addons.leanpay_dunning.models.leanpay_run')):
            for _number in range(2):
                self.env.ref('leanpay_dunning.ir_cron_plan').method_direct_trigger()
        self.env.invalidate_all()
        runs = self.env['leanpay.run'].with_context(allowed_company_ids=[]).search([])
        self.assertEqual(
            {run.company_id: (run.state, run.log) for run in runs},
            {company: ('failed', "ZeroDivisionError: no policy"), other.company: ('done', False)})
        activity = company.partner_id.activity_ids
        self.assertEqual((activity.summary, activity.user_id), ("The dunning of the day failed", person))
        self.assertIn("no policy", activity.note)

    def test_run_that_was_interrupted_says_so(self):
        interrupted = self.env['leanpay.run'].create({
            'company_id': self.company.id, 'date': TODAY, 'state': 'running'})
        with self.enter_registry_test_mode():
            self.env.ref('leanpay_dunning.ir_cron_plan').method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(interrupted.state, 'failed')
        self.assertIn("was stopped before its end", interrupted.log)

    def test_scheduled_action_plans_the_company_s_own_day(self):
        self.company.dunning_tz = 'Pacific/Kiritimati'  # fourteen hours ahead
        self.go_to(TODAY, time(11))
        with self.enter_registry_test_mode():
            self.env.ref('leanpay_dunning.ir_cron_plan').method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.env['leanpay.run'].search([], limit=1).date, TODAY + DAY)
