"""A process that works on a scratch database with real connections and real commits, and may be killed at any moment.

`python worker.py OPTIONS…` loads Odoo once, then reads one JSON command per line and answers with one JSON line. Each
command runs in a fork of its own, so that a hundred processes cost one start of Odoo:

    {"do": "seed", "port": 2525, "customers": 5}    make the company and warm the caches that forks inherit
    {"do": "restart"}                                forget what was planned and sent, and plan
    {"do": "plan", …}, {"do": "deliver", …}          one pass of the scheduled action
    {"do": "again"}                                  a pass of the delivery, then the state
    {"do": "state"}                                  reminders and claims as anybody else sees them
    {"do": "together", "jobs": [{…}, {…}]}           several at once

Options of a job: `kill` is a point of `KILL_POINTS` and `at` the number of the message (from 0) at which the process
kills itself there; `wait` is a moment (time.time) to start at; `batch` is the number of reminders claimed at
once; `pause` is a time in seconds to sleep before the first message.
"""
import json
import os
import signal
import smtplib
import sys
import time
import traceback


def main(options):
    """Load Odoo on the database that the options name, and obey."""
    from odoo import sql_db  # noqa: PLC0415  - Odoo reads its options first
    from odoo.modules.registry import Registry  # noqa: PLC0415
    from odoo.tools import config  # noqa: PLC0415

    config.parse_config(options)
    database = config['db_name'][0] if isinstance(config['db_name'], list) else config['db_name']
    registry = Registry(database)
    sql_db.close_all()  # a connection must not be shared by two processes
    sys.stdout = sys.stderr  # what Odoo prints must not look like an answer
    for line in sys.stdin:
        command = json.loads(line)
        if command['do'] == 'seed':
            with registry.cursor() as cr:
                seed(_environment(cr), command)
            sql_db.close_all()
            _say({'result': None, 'signal': 0})
            continue
        jobs = command['jobs'] if command['do'] == 'together' else [command]
        children = [_fork(registry, job) for job in jobs]
        answers = [_wait(child) for child in children]
        _say(answers if command['do'] == 'together' else answers[0])


def _say(answer):
    sys.__stdout__.write(json.dumps(answer) + '\n')
    sys.__stdout__.flush()


def _fork(registry, job):
    """Start a job in a process of its own; returns (its id, the pipe that it answers on)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    try:
        answer = {'result': _work(registry, job)}
    except BaseException:  # noqa: BLE001 - whatever happens is told to the test, which fails
        answer = {'error': traceback.format_exc()}
    with os.fdopen(writing, 'w') as pipe:
        json.dump(answer, pipe)
    os._exit(0)


def _wait(child):
    process, reading = child
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _process, status = os.waitpid(process, 0)
    answer = json.loads(text) if text else {}
    return answer | {'signal': os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}


def _work(registry, job):
    with registry.cursor() as cr:
        env = _environment(cr)
        if job.get('kill'):
            KILL_POINTS[job['kill']](env, job.get('at', 0))
        if job.get('wait'):
            time.sleep(max(0, job['wait'] - time.time()))
        return JOBS[job['do']](env, job)


def _environment(cr):
    from odoo import api  # noqa: PLC0415

    return api.Environment(cr, api.SUPERUSER_ID, {'cron_id': False, 'lang': 'en_US'})


# === JOBS === #


def seed(env, job):
    """Make a company with as many late customers as wanted, whose messages go to the catcher."""
    from datetime import timedelta  # noqa: PLC0415

    from odoo.addons.leanpay_dunning.tests.common import Ledger  # noqa: PLC0415  # pylint: disable=odoo-addons-relative-import

    env['res.company'].search([]).dunning_active = False
    ledger = Ledger(env)
    ledger.mail_server(job['port'])
    ledger.alias_domain()
    due = ledger.company._dunning_today() - timedelta(days=5)
    for number in range(job['customers']):
        ledger.invoice(ledger.customer(f"client{number}"), 100 + number, due)
    if job.get('dollars'):
        dollar = ledger.currency('USD', 1.1)
        for partner in env['res.partner'].search([('email', 'like', '%@client.example')]):
            ledger.invoice(partner, 50, due, currency=dollar)
    env.cr.commit()
    plan(env, job)
    deliver(env, job)


def restart(env, job):
    """Forget what was planned and sent, so that the next scenario starts where the first one did, and plan."""
    env.cr.execute("""
        DELETE FROM mail_activity WHERE res_model = 'leanpay.debtor';
        DELETE FROM mail_message WHERE model = 'leanpay.debtor';
        ALTER TABLE leanpay_evidence DISABLE TRIGGER USER;
        TRUNCATE leanpay_evidence, leanpay_evidence_chain, leanpay_evidence_event;
        ALTER TABLE leanpay_evidence ENABLE TRIGGER USER;
        DELETE FROM leanpay_reminder_line;
        DELETE FROM leanpay_reminder;
        DELETE FROM leanpay_run;
        DELETE FROM leanpay_hold;
        UPDATE leanpay_scenario_step SET used = FALSE;
        UPDATE leanpay_debtor SET stale = TRUE""")
    if job.get('debtors'):
        env.cr.execute("DELETE FROM leanpay_debtor")
    return plan(env, job) if job.get('plan', True) else 0


def plan(env, _job):
    """One pass of the planning, as the scheduled action does it: each batch is its own transaction."""
    company = _company(env)
    run = env['leanpay.run'].create({'company_id': company.id, 'date': company._dunning_today()})
    env.cr.commit()
    run.with_context(cron_id=1)._execute()
    return run.planned_count


def deliver(env, job):
    """One pass of the delivery, as the scheduled action does it."""
    from odoo.addons.leanpay_dunning.models import leanpay_delivery  # noqa: PLC0415  # pylint: disable=odoo-addons-relative-import

    leanpay_delivery.BATCH_SIZE = job.get('batch', leanpay_delivery.BATCH_SIZE)
    company = _company(env)
    delivery = env['leanpay.delivery'].with_company(company)
    if job.get('pause'):
        _pause(env, job['pause'])
    delivery._recover(company)
    delivery._deliver_company(company)


def send_now(env, _job):
    """A person presses the button on everything that is approved; the web server tries again as it always does."""
    from odoo.service.model import retrying  # noqa: PLC0415

    retrying(lambda: env['leanpay.reminder'].search([('state', '=', 'approved')]).action_send_now(), env)


def hold(env, job):
    """A person puts a customer on hold; returns once it is committed."""
    debtor = env['leanpay.debtor'].search([('partner_id.email', '=', job['email'])])
    env['leanpay.hold'].create({'debtor_id': debtor.id})


def delete_step(env, job):
    """A person looks at the first step, and deletes it a while later; returns the name of the error, if any."""
    step = _company(env).dunning_scenario_id.step_ids.filtered(lambda step: step.level == '1')
    assert not step.used
    time.sleep(job['after'])
    try:
        step.unlink()
        env.cr.commit()
    except Exception as error:  # noqa: BLE001 - what it is is what the test asks
        return type(error).__name__
    return None


def unpay(env, _job):
    """Undo what `pay` did."""
    items = env['account.move.line'].search([('name', '=', "Payment"), ('company_id', '=', _company(env).id)])
    items.remove_move_reconcile()
    items.move_id.button_draft()
    items.move_id.unlink()


def pay(env, job):
    """A customer's money is booked and matched with the first item."""
    company = _company(env)
    item = env['account.move.line'].search([
        ('partner_id.email', '=', job['email']), ('account_id.account_type', '=', 'asset_receivable'),
        ('reconciled', '=', False), ('company_id', '=', company.id), ('currency_id', '=', company.currency_id.id)])
    other = company.bank_journal_ids.suspense_account_id
    journal = env['account.journal'].search([('company_id', '=', company.id), ('type', '=', 'general')], limit=1)
    amount = item.amount_residual
    env = env(context={**env.context, 'allowed_company_ids': company.ids})
    entry = env['account.move'].create({'journal_id': journal.id, 'line_ids': [
        (0, 0, {'account_id': other.id, 'name': "Payment", 'balance': amount}),
        (0, 0, {'account_id': item.account_id.id, 'name': "Payment", 'balance': -amount,
                'partner_id': item.partner_id.id})]})
    entry.action_post()
    (item | entry.line_ids.filtered(lambda line: line.account_id == item.account_id)).reconcile()


def again(env, job):
    """The next pass of the delivery, and what is known then."""
    deliver(env, job)
    env.cr.commit()
    return state(env, job)


def state(env, _job):
    """Return every reminder: [state, Message-ID, address, steps passed], oldest first."""
    reminders = env['leanpay.reminder'].search([], order='id')
    # the other databases of the server have theirs
    [[locks]] = env.execute_query(_sql("""
        SELECT count(*) FROM pg_locks
         WHERE locktype = 'advisory'
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""))
    return {
        'reminders': [
            [r.state, r.message_id or '', r.address, len(r.line_ids.filtered('step_id').filtered('counts'))]
            for r in reminders],
        'locks': locks,
        'mails': [[mail.state, mail.message_id] for mail in env['mail.mail'].search([])],
        'attention': sorted(env['leanpay.debtor'].search([]).activity_ids.mapped('summary')),
    }


def incoming(env, job):
    """Mails come in; returns what the page of the customer who has this address says then."""
    for text in job.get('texts', ()):
        env['mail.thread'].message_process(None, text)
    debtor = env['leanpay.debtor'].search([('partner_id.email', '=', job['email'])])
    messages = debtor.message_ids.filtered(lambda message: message.message_type in ('email', 'email_outgoing'))
    return {
        'thread': [[message.message_type, message.message_id, message.body] for message in messages.sorted('id')],
        'reminders': [[reminder.state, reminder.outcome] for reminder in debtor.reminder_ids],
        'linked': debtor.reminder_ids.mail_message_id.ids == messages.filtered(
            lambda message: message.message_type == 'email_outgoing').ids,
        'holds': debtor.hold_ids.mapped('kind'),
        'attention': sorted(debtor.activity_ids.mapped('summary')),
    }


def was_sent(env, job):
    """A person says that what is uncertain did leave; returns what `incoming` does."""
    env['leanpay.reminder'].search([('state', '=', 'uncertain')]).action_was_sent()
    return incoming(env, job)


def witness(env, job):
    """Write evidence of every debtor, again and again, trying again as Odoo does; returns how often it had to."""
    from psycopg2.errors import SerializationFailure  # noqa: PLC0415

    refused = 0
    for number in range(job['times']):
        while True:
            try:
                for debtor in env['leanpay.debtor'].search([], order='id'):
                    env['leanpay.evidence']._append([{
                        'debtor': debtor, 'kind': 'other', 'summary': f"{job['name']} {number}",
                        'payload': {'number': number}}])
                env.cr.commit()
                break
            except SerializationFailure:
                env.cr.rollback()
                env.invalidate_all()
                refused += 1
    return refused


def chains(env, _job):
    """Return what the chains hold, and what is wrong with them."""
    found = env['leanpay.evidence.chain'].search([])
    return {'counts': found.mapped('entry_count'), 'problems': len(env['leanpay.evidence']._check())}


JOBS = {job.__name__: job for job in (
    restart, plan, deliver, send_now, hold, pay, unpay, again, state, incoming,
    was_sent, delete_step, witness, chains)}


def _company(env):
    return env['res.company'].search([('dunning_active', '=', True)])


def _sql(text):
    from odoo.tools import SQL  # noqa: PLC0415

    return SQL(text)


def _pause(env, seconds):
    """Sleep between the last look at the balances and the first message."""
    model = env.registry['leanpay.delivery.mail']
    original = model._deliver_emails

    def method(self, *args, **kwargs):
        time.sleep(seconds)
        return original(self, *args, **kwargs)
    model._deliver_emails = method


# === HOW TO DIE === #


def _die(*_args):
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def _nth(number, then):
    """Return a function to call at each message, which does `then` at the number-th one."""
    seen = [0]

    def call():
        seen[0] += 1
        if seen[0] == number + 1:
            then()
    return call


def _around(owner, name, number, before=None, after=None):
    """Die before, or after, the number-th call of a method."""
    original = getattr(owner, name)
    count = _nth(number, _die)

    def method(*args, **kwargs):
        if before:
            count()
        result = original(*args, **kwargs)
        if after:
            count()
        return result
    setattr(owner, name, method)


def _model(env, name):
    return env.registry[name]


def _claimed(env, _at):
    """Locks taken, nothing read again yet."""
    _around(_model(env, 'leanpay.delivery'), '_deliver_claimed', 0, before=True)


def _checked(env, _at):
    """Everything read again and rendered, nothing committed."""
    _around(_model(env, 'leanpay.delivery.mail'), '_deliver_emails', 0, before=True)


def _marked(env, at):
    """State `sending` written, not committed."""
    _around(_model(env, 'leanpay.delivery.mail'), '_mark_sending', at, after=True)


def _committed(env, at):
    """State `sending` committed, nothing said."""
    _around(_model(env, 'leanpay.delivery.mail'), '_send', at, before=True)


def _speaking(_env, at):
    """The server knows sender and recipient, not the message."""
    _around(smtplib.SMTP, 'data', at, before=True)


def _answered(_env, at):
    """The server has said 250, this process has not noted it."""
    _around(smtplib.SMTP, 'data', at, after=True)


def _unheard(_env, at):
    """The message is sent in full, the server's answer is not read."""
    count = _nth(at, _die)
    original = smtplib.SMTP.getreply

    def getreply(session):
        if session.sock and getattr(session, 'leanpay_data', False):
            time.sleep(0.2)  # the server keeps it
            count()
        return original(session)

    def putcmd(session, cmd, args=''):
        session.leanpay_data = False
        return original_putcmd(session, cmd, args)

    def data(session, message):
        # smtplib's own, which says DATA, reads 354, sends the text and reads the answer
        session.putcmd('data')
        session.getreply()
        session.leanpay_data = True
        session.send(message.replace(b'\r\n.', b'\r\n..') + (b'' if message.endswith(b'\r\n') else b'\r\n') + b'.\r\n')
        return session.getreply()

    original_putcmd = smtplib.SMTP.putcmd
    smtplib.SMTP.getreply, smtplib.SMTP.putcmd, smtplib.SMTP.data = getreply, putcmd, data


def _recorded(env, at):
    """Outcome written, not committed."""
    _around(_model(env, 'leanpay.delivery.mail'), '_send', at, after=True)


def _between(env, at):
    """Outcome committed, the next message not begun."""
    _around(_model(env, 'leanpay.delivery.mail'), '_send_one', at, after=True)


def _finished(env, _at):
    """Every message has left, the figures are not refreshed and the locks not freed."""
    _around(_model(env, 'leanpay.delivery.mail'), '_deliver_emails', 0, after=True)


KILL_POINTS = {point.__name__[1:]: point for point in (
    _claimed, _checked, _marked, _committed, _speaking, _unheard, _answered, _recorded, _between, _finished)}

if __name__ == '__main__':
    main(sys.argv[1:])
