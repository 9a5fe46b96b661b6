"""Planning, and the least that PostgreSQL would need to read the same items and write the same rows."""
from datetime import timedelta

from odoo.tools import SQL

from .watch import peak_memory, watch


def set_up(env):
    """Switch dunning on, and make the past: each fourth debtor was reminded of its late items twelve days ago."""
    company, today = env.company, env.company._dunning_today()
    company.write({"dunning_active": True, "dunning_approved": True, "dunning_contact_gap": 5,
                   "dunning_user_id": env.ref("base.user_admin").id, "dunning_weekdays": "all",
                   "dunning_window_start": 0, "dunning_window_end": 24})
    env["leanpay.debtor"]._ensure_for(company)
    step = company.dunning_scenario_id.step_ids.filtered(lambda step: step.level == "1")[:1]
    env.flush_all()
    env.cr.execute(SQL(
        """
        INSERT INTO leanpay_reminder (company_id, debtor_id, partner_id, step_id, level, channel, state, date_planned,
                                      currency_id, amount_total, sent_date, sent_on, lang, address)
        SELECT debtor.company_id, debtor.id, debtor.partner_id, %(step)s, '1', 'email', 'sent', %(day)s,
               %(currency)s, 0, %(day)s, %(day)s, 'fr_FR', 'past@bench.example'
          FROM leanpay_debtor debtor WHERE debtor.id %% 4 = 0;
        INSERT INTO leanpay_reminder_line (reminder_id, move_line_id, step_id, counts, amount_due)
        SELECT reminder.id, line.id, %(step)s, TRUE, line.amount_residual_currency
          FROM leanpay_reminder reminder
          JOIN account_move_line line ON line.partner_id = reminder.partner_id
          JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
         WHERE reminder.state = 'sent' AND NOT line.reconciled AND line.parent_state = 'posted'
           AND line.amount_residual > 0 AND line.date_maturity < %(day)s::date - 3
        """, step=step.id, day=today - timedelta(days=12), currency=company.currency_id.id))
    env.cr.commit()
    vacuum(env)


def plan(env):
    """Plan as the scheduled action does, every batch committed.

    :return: figures of the run
    """
    runs = env["leanpay.run"].with_context(cron_id=env.ref("leanpay_dunning.ir_cron_plan").id)
    run = runs.create({"company_id": env.company.id, "date": env.company._dunning_today()})
    env.cr.commit()
    with watch(env.cr) as figures:
        run._execute()
        env.cr.commit()
    [[lines]] = env.execute_query(SQL(
        """
        SELECT COUNT(*) FROM leanpay_reminder_line line JOIN leanpay_reminder reminder ON reminder.id = line.reminder_id
         WHERE reminder.run_id = %s
        """, run.id))
    return vars(figures) | {
        "items": run.item_count, "debtors": run.debtor_count, "reminders": run.planned_count, "lines": lines,
        "errors": run.log or "", "memory": peak_memory()}


def unplan(env):
    """Take back what the last run planned, so that the same can be planned again."""
    env.cr.execute(
        """
        DELETE FROM leanpay_reminder_line line USING leanpay_reminder reminder
         WHERE reminder.id = line.reminder_id AND reminder.run_id IS NOT NULL;
        DELETE FROM leanpay_reminder WHERE run_id IS NOT NULL
        """)
    env.cr.commit()
    env.invalidate_all()


def bare(env):
    """Read the same items and write again the rows that the last run planned, in two reads and two statements.

    :return: seconds, as `plan` counts them
    """
    company = env.company
    partners = [partner_id for [partner_id] in env.execute_query(SQL(
        "SELECT partner_id FROM leanpay_debtor WHERE company_id = %s", company.id))]
    env.cr.execute(
        """
        DROP TABLE IF EXISTS bench_reminder, bench_line;
        CREATE UNLOGGED TABLE bench_reminder AS SELECT * FROM leanpay_reminder WHERE run_id IS NOT NULL;
        CREATE UNLOGGED TABLE bench_line AS SELECT * FROM leanpay_reminder_line
         WHERE reminder_id IN (SELECT id FROM leanpay_reminder WHERE run_id IS NOT NULL)
        """)
    unplan(env)
    vacuum(env)
    env.cr.execute("SET LOCAL jit = off")
    with watch(env.cr) as figures:
        env.execute_query(env["leanpay.facts"]._items_query(company, partners))
        env.cr.execute("INSERT INTO leanpay_reminder SELECT * FROM bench_reminder")
        env.cr.execute("INSERT INTO leanpay_reminder_line SELECT * FROM bench_line")
        env.cr.commit()
    unplan(env)
    vacuum(env)
    return vars(figures)


def vacuum(env):
    """Clean up as the server's own vacuum would: it cannot run inside a transaction."""
    env.cr.commit()
    connection = env.cr._cnx
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE leanpay_reminder")
        cursor.execute("VACUUM ANALYZE leanpay_reminder_line")
        cursor.execute("VACUUM ANALYZE leanpay_debtor")
    connection.autocommit = False


def queries_per_batch(env, debtors):
    """Count the queries of planning one batch of so many debtors, undone afterwards.

    :return: {'items', 'queries'}
    """
    run = env["leanpay.run"].create({"company_id": env.company.id, "date": env.company._dunning_today()})
    planner = env["leanpay.planner"]
    ids = planner._debtors_to_plan(env.company)[:debtors]
    env.flush_all()
    env.invalidate_all()
    with watch(env.cr) as figures:
        _plan, counts = planner._plan_batch(run, ids)
        env.flush_all()
    env.cr.rollback()
    env.invalidate_all()
    return {"items": counts["items"], "queries": figures.queries}
