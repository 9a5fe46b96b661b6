from unittest.mock import patch

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..report import letter as paper
from .common import Ledger
from .common_models import ModelsCase

FIRST, SECOND = 'FR76 3000 6000 0112 3456 7890 189', 'FR14 2004 1010 0505 0001 3M02 606'


@tagged('post_install', '-at_install')
class TestBankAccount(ModelsCase):
    """The account to pay to: never another one without a word, and nobody is asked to pay into the void."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Bank")
        cls.step(1).write({'channel': 'letter', 'fallback_channel': 'activity'})

    def account(self, number=FIRST, **values):
        return self.env['res.partner.bank'].create({
            'acc_number': number, 'partner_id': self.company.partner_id.id, 'allow_out_payment': True, **values})

    def letters(self):
        """Plan and deliver; returns what the letters name as bank details, and the reminders."""
        made, render = [], paper.render_letter

        def look(letter):
            made.append(letter.sender.bank and letter.sender.bank.iban)
            return render(letter)
        with patch.object(paper, 'render_letter', look):
            self.plan_and_deliver()
        return made, self.reminders(self.customer)

    def asked(self):
        """Return what the company's collector is asked to repair."""
        return self.company.partner_id.activity_ids.filtered(lambda activity: activity.dunning_code == 'bank_account')

    def run_log(self):
        return self.ledger.run(self.company._dunning_today()).log

    def test_none_configured(self):
        self.late(self.customer, 4)
        made, reminder = self.letters()
        self.assertEqual((made, reminder.state), ([None], 'todo'))
        self.assertFalse(self.asked())
        self.assertFalse(self.run_log())

    def test_named(self):
        self.account()
        self.late(self.customer, 4)
        made, _reminder = self.letters()
        self.assertEqual(made, [FIRST])
        self.assertFalse(self.company._dunning_bank_trouble())

    def test_deleted_and_no_other(self):
        """Letters and e-mails wait, and leave once it is repaired; calls are made."""
        account = self.account()
        self.late(self.customer, 4)
        account.unlink()
        self.assertIn(f"The bank account {FIRST} of Vendeur SAS is archived", self.run_log())
        for _time in range(3):
            made, reminder = self.letters()
            self.assertEqual((made, reminder.state), ([], 'approved'))
        self.assertIn("e-mails and letters wait", reminder.error)
        self.assertEqual(len(self.asked()), 1)
        self.assertIn(FIRST, self.asked().note)
        account.active = True
        made, reminder = self.letters()
        self.assertEqual((made, reminder.state, reminder.error), ([FIRST], 'todo', False))
        self.assertFalse(self.asked(), "closed by the run that finds it repaired")

    def test_first_run_approved_again_while_they_wait(self):
        """What waits for the bank account is held and let go like anything else: nobody has to read it."""
        account = self.account()
        self.late(self.customer, 4)
        account.unlink()
        _made, reminder = self.letters()
        self.company.dunning_approved = False
        self.assertEqual((reminder.state, reminder.error), ('planned', False))
        self.company.dunning_approved = True
        self.assertEqual(reminder.state, 'approved')
        self.letters()
        self.company.dunning_approved = False
        account.active = True
        self.company.dunning_approved = True
        self.assertEqual(self.letters(), ([FIRST], reminder))
        self.assertEqual(reminder.state, 'todo')

    def test_nothing_is_said_of_an_account_that_is_there_again(self):
        self.step(1).channel = 'email'
        account = self.account()
        self.late(self.customer, 4)
        account.unlink()
        self.plan_and_deliver()
        reminder = self.reminders(self.customer)
        self.assertIn("e-mails and letters wait", reminder.error)
        account.active = True
        with patch.object(type(self.env['leanpay.delivery.mail']), '_deliver_emails', lambda *_args: True):
            self.deliver()
        self.assertEqual((reminder.state, reminder.error), ('approved', False))

    def test_waiting_rewrites_nothing(self):
        """The job comes every few minutes: a reminder that still waits for the same thing stays as it is."""
        account = self.account()
        self.late(self.customer, 4)
        account.unlink()
        self.letters()
        reminders, written = type(self.env['leanpay.reminder']), []
        write = reminders.write

        def writing(records, vals):
            written.extend((record.id, *vals) for record in records)
            return write(records, vals)
        with patch.object(reminders, 'write', writing):
            self.letters()
        self.assertEqual(written, [])

    def test_deleted_while_e_mails_wait(self):
        self.step(1).channel = 'email'
        account = self.account()
        self.late(self.customer, 4)
        account.unlink()
        self.plan_and_deliver()
        self.assertEqual(self.reminders(self.customer).state, 'approved')
        self.assertFalse(self.reminders(self.customer).message_id)

    def test_deleted_does_not_stop_calls(self):
        self.step(1).channel = 'phone'
        account = self.account()
        self.late(self.customer, 4)
        account.unlink()
        self.plan_and_deliver()
        self.assertEqual(self.reminders(self.customer).state, 'todo')

    def test_invoice_asks_for_an_archived_one(self):
        """Another one is named instead: it is said in the run, in the settings, and to a person, once."""
        account = self.account()
        invoice = self.late(self.customer, 4)
        paid = self.late(self.customer, 9)
        self.assertEqual((invoice | paid).partner_bank_id, account)
        self.ledger.payment(self.ledger.items(paid), 100)
        self.account(SECOND)
        account.active = False
        made, reminder = self.letters()
        self.assertEqual((made, reminder.state), ([SECOND], 'todo'))
        text = f"The bank account {FIRST} is archived, but open invoices ask to be paid to it (1): their reminders"
        self.assertIn(text, reminder.run_id.log)
        self.assertEqual(reminder.run_id.state, 'done')
        self.assertIn(f"{text} name {SECOND}", self.run_log())
        self.assertEqual(len(self.asked()), 1)
        self.assertIn(text, self.env['res.config.settings'].create({}).dunning_bank_trouble)
        invoice.partner_bank_id = self.company.partner_id.bank_ids
        self.assertFalse(self.run_log())
        self.assertFalse(self.asked())

    def test_it_gets_worse(self):
        """Another account was named instead; now there is none: the open activity says so."""
        self.ledger.bank.bank_account_id = self.account()
        other = self.account(SECOND)
        self.ledger.bank.bank_account_id.active = False
        self.run_log()
        self.assertIn(f"reminders name {SECOND}", self.asked().note)
        other.active = False
        self.run_log()
        self.assertEqual(len(self.asked()), 1)
        self.assertIn("e-mails and letters wait", self.asked().note)

    def test_old_account_that_nobody_names(self):
        """A company that changed banks has nothing to repair."""
        old = self.account()
        self.account(SECOND)
        old.active = False
        self.late(self.customer, 4)
        made, _reminder = self.letters()
        self.assertEqual(made, [SECOND])
        self.assertFalse(self.company._dunning_bank_trouble())

    def test_archived_account_of_a_journal(self):
        journal_account = self.account()
        self.ledger.bank.bank_account_id = journal_account
        self.account(SECOND)
        journal_account.active = False
        self.late(self.customer, 4)
        made, _reminder = self.letters()
        self.assertEqual(made, [SECOND])
        [text] = self.company._dunning_bank_trouble()
        self.assertIn(f"The bank account {FIRST} of the journal Bank is archived: reminders name {SECOND}", text)

    def test_account_of_another_company(self):
        other = Ledger(self.env(context={}), "Autre SAS")
        theirs = self.account(partner_id=other.company.partner_id.id)
        self.assertFalse(self.company._dunning_bank_account())
        theirs.active = False
        self.assertFalse(self.company._dunning_bank_trouble())
        self.assertTrue(other.company._dunning_bank_trouble())

    def test_settings_say_which_account(self):
        with Form(self.env['res.config.settings']) as form:
            self.assertFalse(form.dunning_bank_account_id)
        own = self.account()
        with Form(self.env['res.config.settings']) as form:
            self.assertEqual(form.dunning_bank_account_id, own)
            self.assertFalse(form.dunning_bank_trouble)
        own.active = False
        with Form(self.env['res.config.settings']) as form:
            self.assertFalse(form.dunning_bank_account_id)
            self.assertIn("e-mails and letters wait", form.dunning_bank_trouble)

    def test_pressing_the_button_waits_too(self):
        account = self.account()
        self.late(self.customer, 4)
        account.unlink()
        self.plan()
        with mute_logger('odoo.addons.leanpay_dunning.models.leanpay_delivery'):
            self.reminders(self.customer).action_send_now()
        self.assertEqual(self.reminders(self.customer).state, 'approved')
        self.assertIn("is archived", self.reminders(self.customer).error)
