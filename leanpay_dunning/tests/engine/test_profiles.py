"""Which profile a behaviour shows: examples of each, and what is true of any behaviour."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.profiles import (
    HISTORY,
    LATE,
    MIN_DAYS,
    NOTICE,
    REMINDERS,
    SERIOUS,
    SEVERITY,
    Behaviour,
    Current,
    Invoice,
    Suggestion,
    suggest,
)
from .profiles import PROFILE

TODAY = date(2026, 11, 22)
LONG_AGO = TODAY - timedelta(days=400)
NEVER = Current()


def paid(days_late, age=90, amount=100, **values):
    """Return an invoice that fell due `age` days ago and was paid `days_late` days after."""
    due = TODAY - timedelta(days=age)
    return Invoice(Decimal(amount), due, due + timedelta(days=days_late), **values)


def unpaid(days_late, amount=100, **values):
    """Return an invoice still open so many days after its due date."""
    return Invoice(Decimal(amount), TODAY - timedelta(days=days_late), **values)


def days(invoice):
    return ((invoice.paid_on or TODAY) - invoice.due).days


INVOICES = st.builds(
    lambda open_, late, age, **values: (unpaid(max(1, late), **values) if open_ else paid(late, age, **values)),
    open_=st.booleans(), late=st.integers(-15, 120), age=st.integers(0, 730), amount=st.integers(1, 5000),
    reminders=st.integers(0, 5), level=st.integers(0, 5), parts=st.integers(0, 4), disputed=st.booleans(),
    withheld=st.booleans(), direct_debit=st.booleans())
# Most customers dispute nothing: the rest is seen only then.
QUIET = INVOICES.map(lambda invoice: invoice._replace(disputed=False, withheld=False))
COUNTS = st.integers(0, 4)
BEHAVIOURS = st.builds(
    Behaviour, invoices=st.one_of(st.lists(INVOICES, max_size=12), st.lists(QUIET, max_size=12)).map(tuple),
    promised=COUNTS, disputes=COUNTS, refused=COUNTS, bounced=COUNTS, insolvency=st.sampled_from([False] * 5 + [True]),
    public=st.sampled_from([False] * 3 + [True]), group=st.sampled_from([0, 0, 0, 2]), direct_debit=st.booleans())
CURRENTS = st.builds(
    Current, st.sampled_from([None, *SEVERITY]),
    st.one_of(st.none(), st.integers(0, 300).map(lambda age: TODAY - timedelta(days=age))))


@tagged('post_install', '-at_install')
class TestProfiles(BaseCase):

    def suggested(self, *invoices, current=NEVER, **facts):
        suggestion = suggest(Behaviour(invoices, **facts), current, TODAY)
        return suggestion and suggestion.code

    def reasons(self, *invoices, **facts):
        return dict(suggest(Behaviour(invoices, **facts), NEVER, TODAY).reasons)

    # === EACH PROFILE === #

    def test_unknown(self):
        self.assertIsNone(self.suggested())
        self.assertIsNone(self.suggested(paid(60), paid(60)))
        self.assertIsNone(self.suggested(paid(60), paid(60), unpaid(LATE - 1)), "nobody knows yet how late it is paid")
        self.assertEqual(self.suggested(paid(60), paid(60), unpaid(LATE)), 'bad')
        self.assertIsNone(self.suggested(insolvency=True))

    def test_good(self):
        self.assertEqual(self.suggested(*[paid(-5)] * 3), 'good')
        self.assertEqual(self.suggested(*[paid(LATE - 1)] * 3), 'good')
        self.assertIsNone(self.suggested(*[paid(0)] * 2, unpaid(75)), "no habit yet, and nothing good")
        self.assertEqual(self.reasons(paid(7), paid(0), paid(2), paid(8)), {
            'on_time': {'count': 3, 'of': 4, 'days': 7}})

    def test_negligent(self):
        self.assertEqual(self.suggested(*[paid(LATE)] * 3), 'negligent')
        self.assertEqual(self.suggested(*[paid(SERIOUS - 1)] * 3), 'negligent')
        self.assertEqual(self.reasons(paid(9), paid(20), paid(2), unpaid(9)), {
            'paid_late': {'count': 2, 'of': 3, 'days': 8}, 'open_late': {'count': 1, 'days': 8}})

    def test_bad(self):
        self.assertEqual(self.suggested(*[paid(SERIOUS)] * 3), 'bad')
        self.assertEqual(self.reasons(*[paid(40)] * 9, *[paid(3)] * 3, promised=2, refused=1, bounced=1), {
            'paid_late': {'count': 9, 'of': 12, 'days': 30}, 'promised': {'count': 2}, 'refused': {'count': 1},
            'bounced': {'count': 1}})

    def test_bad_because_only_pushing_helps(self):
        pushed = [paid(12, reminders=REMINDERS)] * 2 + [paid(12, level=NOTICE)]
        self.assertEqual(self.suggested(*pushed, paid(5)), 'bad')
        self.assertEqual(self.reasons(*pushed, paid(5))['pushed'], {'count': 3, 'of': 4, 'reminders': REMINDERS})
        self.assertEqual(self.suggested(*[paid(12, reminders=REMINDERS - 1)] * 4), 'negligent')

    def test_bad_because_he_refuses(self):
        late = [paid(10)] * 4
        self.assertEqual(self.suggested(*late, refused=2), 'bad')
        self.assertEqual(self.suggested(*late, refused=1), 'negligent')
        self.assertEqual(self.suggested(*[paid(0)] * 4, refused=2), 'good')

    def test_what_is_recent_counts_twice(self):
        old, recent = [paid(40, age=500)] * 3, [paid(0, age=50)] * 3
        self.assertEqual(self.suggested(*old, *recent), 'negligent')
        self.assertEqual(self.suggested(*[paid(0, age=500)] * 3, *[paid(40, age=50)] * 3), 'bad')

    def test_administrative(self):
        late = [paid(40)] * 4
        self.assertEqual(self.suggested(*late, public=True), 'administrative')
        self.assertEqual(self.suggested(*late, group=2), 'administrative')
        self.assertEqual(self.suggested(*[paid(70)] * 4, group=2), 'bad', "no circuit takes so long")
        self.assertEqual(self.suggested(*[paid(70)] * 4, public=True), 'administrative')
        self.assertEqual(self.suggested(*[paid(0)] * 4, public=True), 'good')
        known = Current('administrative', LONG_AGO)
        self.assertEqual(self.suggested(*late, current=known), 'administrative', "somebody knows the structure")
        self.assertEqual(self.suggested(*[paid(0)] * 4, current=known), 'good')
        self.assertEqual(self.reasons(*late, public=True), {
            'public': {'count': 1}, 'paid_late': {'count': 4, 'of': 4, 'days': 8}})

    def test_litigious(self):
        contested = [paid(80, disputed=True), unpaid(20, withheld=True)]
        self.assertEqual(self.suggested(*contested, *[paid(2)] * 4), 'litigious')
        self.assertEqual(self.reasons(*contested, *[paid(2)] * 4, disputes=3), {
            'disputed': {'count': 1, 'of': 6}, 'withheld': {'count': 1, 'of': 6}, 'dispute_calls': {'count': 3}})
        self.assertEqual(self.suggested(contested[0], *[paid(2)] * 2), 'good', "one dispute is no habit")
        self.assertEqual(self.suggested(*contested, *[paid(2)] * 10), 'good', "what is disputed may be late")

    def test_insolvent(self):
        stopped = [unpaid(90, amount=300), unpaid(61, amount=200)]
        self.assertEqual(self.suggested(*stopped, paid(20, age=400), paid(30, age=300)), 'insolvent')
        self.assertEqual(self.suggested(*stopped, *[paid(20)] * 5), 'negligent', "who pays the others can pay")
        self.assertEqual(self.suggested(*[paid(3)] * 3, insolvency=True), 'insolvent')
        self.assertEqual(self.reasons(*stopped, paid(2, age=400))['stopped'], {
            'count': 2, 'days': 60, 'amount': Decimal(500)})

    def test_insolvent_pays_in_parts(self):
        parts = [paid(50, parts=3, amount=500)] * 2
        self.assertEqual(self.suggested(*parts, *[paid(3)] * 3), 'insolvent')
        self.assertEqual(self.suggested(*parts, *[paid(3, amount=5000)] * 9), 'good', "it is the amount that counts")

    def test_automatic(self):
        self.assertEqual(self.suggested(*[paid(0, direct_debit=True)] * 3), 'automatic')
        self.assertEqual(self.suggested(*[paid(-1)] * 3, direct_debit=True), 'automatic')
        self.assertEqual(self.suggested(*[paid(40, direct_debit=True)] * 3), 'bad', "the debits do not go through")

    def test_automatic_pays_to_the_day(self):
        saturday = date(2026, 8, 1)
        friday, monday = saturday - timedelta(days=1), saturday + timedelta(days=2)
        exact = [Invoice(Decimal(1), saturday, day) for day in (friday, saturday, monday)]
        exact += [Invoice(Decimal(1), friday, friday), Invoice(Decimal(1), monday, monday)]
        self.assertEqual(self.suggested(*exact), 'automatic')
        self.assertEqual(self.suggested(*exact[:4]), 'good', "four times may be chance")
        self.assertEqual(self.suggested(*exact, Invoice(Decimal(1), friday, monday)), 'good')

    # === THE CURRENT PROFILE === #

    def test_margin(self):
        """A third late: negligent when nothing is known, not enough to leave a good profile, enough to stay."""
        third = [paid(10)] * 2 + [paid(0, age=91), paid(1)] * 2
        self.assertEqual(self.suggested(*third), 'negligent')
        self.assertEqual(self.suggested(*third, current=Current('good', LONG_AGO)), 'good')
        quarter = [paid(10), *[paid(1)] * 3] * 2
        self.assertEqual(self.suggested(*quarter, current=Current('negligent', LONG_AGO)), 'negligent')
        self.assertEqual(self.suggested(*quarter), 'good')
        self.assertEqual(self.suggested(*[paid(10)] * 5, current=Current('good', LONG_AGO)), 'negligent')

    def test_too_soon_to_change(self):
        late = [paid(50)] * 5
        for age, expected in ((0, 'good'), (MIN_DAYS - 1, 'good'), (MIN_DAYS, 'bad')):
            with self.subTest(age):
                self.assertEqual(
                    self.suggested(*late, current=Current('good', TODAY - timedelta(days=age))), expected)

    def test_profile_of_the_house(self):
        self.assertIsNone(self.suggested(*[paid(50)] * 5, current=Current('vip', LONG_AGO)))

    # === PROPERTIES === #

    @PROFILE
    @given(BEHAVIOURS, CURRENTS)
    def test_total_and_deterministic(self, behaviour, current):
        suggestion = suggest(behaviour, current, TODAY)
        self.assertEqual(suggestion, suggest(behaviour, current, TODAY))
        settled = [i for i in behaviour.invoices if i.paid_on or days(i) >= LATE]
        if len(settled) < HISTORY:
            self.assertIsNone(suggestion)
        elif suggestion is not None:
            self.assertIsInstance(suggestion, Suggestion)
            self.assertIn(suggestion.code, SEVERITY)

    @PROFILE
    @given(BEHAVIOURS, CURRENTS, st.data())
    def test_paying_later_is_never_better(self, behaviour, current, data):
        later = []
        for invoice in behaviour.invoices:
            delay = timedelta(days=data.draw(st.integers(0, 60)))
            later.append(invoice._replace(paid_on=invoice.paid_on + delay) if invoice.paid_on else invoice._replace(
                due=invoice.due - delay))
        self._assert_not_better(behaviour, later, current)

    @PROFILE
    @given(BEHAVIOURS, CURRENTS, st.data())
    def test_not_paying_is_never_better(self, behaviour, current, data):
        """Of what was paid, something is still open, and late enough to be judged."""
        unpaid_ = [
            invoice._replace(paid_on=None) if invoice.paid_on and (TODAY - invoice.due).days >= max(LATE, days(invoice))
            and data.draw(st.booleans()) else invoice for invoice in behaviour.invoices]
        self._assert_not_better(behaviour, unpaid_, current)

    def _assert_not_better(self, behaviour, invoices, current):
        before = suggest(behaviour, current, TODAY)
        after = suggest(Behaviour(**{**vars(behaviour), 'invoices': tuple(invoices)}), current, TODAY)
        if before and after:
            self.assertGreaterEqual(SEVERITY[after.code], SEVERITY[before.code], (before, after))

    @PROFILE
    @given(BEHAVIOURS, CURRENTS)
    def test_never_back_and_forth(self, behaviour, current):
        waits = current.code and current.since and (TODAY - current.since).days < MIN_DAYS
        suggestion = suggest(behaviour, current, TODAY)
        if suggestion and waits:
            self.assertEqual(suggestion.code, current.code)
        elif suggestion:
            for since in (LONG_AGO, TODAY, None):
                again = suggest(behaviour, Current(suggestion.code, since), TODAY)
                self.assertEqual(again.code, suggestion.code)

    @PROFILE
    @given(BEHAVIOURS, CURRENTS)
    def test_figures_agree_with_the_invoices(self, behaviour, current):
        suggestion = suggest(behaviour, current, TODAY)
        plain = [i for i in behaviour.invoices if not (i.disputed or i.withheld)]
        done = [i for i in plain if i.paid_on]
        for code, figures in suggestion.reasons if suggestion else ():
            self.assertGreater(figures['count'], 0)
            self.assertLessEqual(figures['count'], figures.get('of', figures['count']))
            if code == 'paid_late':
                self.assertEqual(
                    (figures['count'], figures['of']), (sum(days(i) >= figures['days'] for i in done), len(done)))
            elif code == 'open_late':
                self.assertEqual(
                    figures['count'], sum(days(i) >= figures['days'] for i in plain if not i.paid_on))
            elif code == 'on_time':
                self.assertEqual(
                    (figures['count'], figures['of']), (sum(days(i) <= figures['days'] for i in done), len(done)))
            elif code == 'stopped':
                stopped = [i for i in plain if not i.paid_on and days(i) >= figures['days']]
                self.assertEqual((figures['count'], figures['amount']), (len(stopped), sum(i.amount for i in stopped)))
            elif code in ('disputed', 'withheld'):
                self.assertEqual(figures['of'], len(done) + len(behaviour.invoices) - len(plain))
            elif code in ('debited', 'to_the_day'):
                self.assertEqual(figures['of'], len(done))
            elif code in ('promised', 'refused', 'bounced', 'group'):
                self.assertEqual(figures['count'], getattr(behaviour, code))

    @PROFILE
    @given(BEHAVIOURS)
    def test_there_is_always_a_reason(self, behaviour):
        suggestion = suggest(behaviour, NEVER, TODAY)
        self.assertTrue(suggestion is None or suggestion.reasons)

    @PROFILE
    @given(st.lists(st.integers(0, 60), min_size=HISTORY, max_size=12), CURRENTS)
    def test_who_always_pays_the_same_way_is_known(self, delays, current):
        """Nothing is unclear about who is never late, or always."""
        plain = Behaviour(tuple(paid(delay) for delay in delays))
        if current.code is None and (max(delays) < LATE or min(delays) >= LATE):
            self.assertTrue(suggest(plain, current._replace(since=None), TODAY))
