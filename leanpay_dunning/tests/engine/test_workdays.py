from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import workdays
from ...engine.workdays import Calendar, SendWindow
from .profiles import PROFILE

FRANCE = Calendar('FR')
EVERY_DAY = Calendar(None, weekdays=frozenset(range(7)))
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
CALENDARS = st.builds(
    Calendar,
    country=st.sampled_from([None, 'FR', 'DE', 'GB', 'US', 'ZZ']),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    extra=st.frozensets(DAYS, max_size=5),
)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@tagged('post_install', '-at_install')
class TestCalendar(BaseCase):

    def test_french_public_holidays(self):
        closed = [day for day in (date(2026, 1, 1) + timedelta(n) for n in range(365))
                  if day.weekday() < 5 and not FRANCE.is_workday(day)]
        self.assertEqual(closed, [
            date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14),
            date(2026, 5, 25), date(2026, 7, 14), date(2026, 11, 11), date(2026, 12, 25),
        ])

    def test_weekend_is_closed(self):
        self.assertTrue(FRANCE.is_workday(date(2026, 11, 20)))  # a Friday
        self.assertFalse(FRANCE.is_workday(date(2026, 11, 21)))
        self.assertFalse(FRANCE.is_workday(date(2026, 11, 22)))
        self.assertTrue(FRANCE.is_workday(date(2026, 11, 23)))

    def test_subdivision_adds_its_own_holidays(self):
        good_friday = date(2026, 4, 3)
        self.assertTrue(FRANCE.is_workday(good_friday))
        self.assertFalse(Calendar('FR', '57').is_workday(good_friday))
        self.assertTrue(Calendar('FR', 'nowhere').is_workday(good_friday))
        self.assertFalse(Calendar('FR', 'nowhere').is_workday(date(2026, 7, 14)))

    def test_unknown_or_no_country_has_weekdays_only(self):
        for country in (None, '', 'ZZ'):
            with self.subTest(country=country):
                self.assertTrue(Calendar(country).is_workday(date(2026, 12, 25)))
                self.assertFalse(Calendar(country).is_workday(date(2026, 12, 26)))

    def test_country_in_small_letters(self):
        self.assertFalse(Calendar('fr').is_workday(date(2026, 7, 14)))

    def test_working_week_and_closing_days_of_the_company(self):
        sunday_to_thursday = Calendar(None, weekdays=frozenset({6, 0, 1, 2, 3}))
        self.assertTrue(sunday_to_thursday.is_workday(date(2026, 11, 22)))
        self.assertFalse(sunday_to_thursday.is_workday(date(2026, 11, 20)))
        closed = Calendar('FR', extra=frozenset({date(2026, 11, 23)}))
        self.assertEqual(closed.next_workday(date(2026, 11, 21)), date(2026, 11, 24))

    def test_next_and_previous(self):
        self.assertEqual(FRANCE.next_workday(date(2026, 12, 25)), date(2026, 12, 28))
        self.assertEqual(FRANCE.next_workday(date(2026, 12, 28)), date(2026, 12, 28))
        self.assertEqual(FRANCE.previous_workday(date(2027, 1, 3)), date(2026, 12, 31))
        self.assertEqual(FRANCE.previous_workday(date(2026, 12, 31)), date(2026, 12, 31))

    def test_add(self):
        friday = date(2026, 5, 22)  # Monday the 25th is Whit Monday
        for n, expected in [
            (0, friday), (1, date(2026, 5, 26)), (2, date(2026, 5, 27)), (4, date(2026, 5, 29)), (5, date(2026, 6, 1)),
            (-1, date(2026, 5, 21)), (-6, date(2026, 5, 13)),
        ]:
            with self.subTest(n=n):
                self.assertEqual(FRANCE.add(friday, n), expected)
        self.assertEqual(FRANCE.add(date(2026, 5, 23), 0), date(2026, 5, 26))

    def test_a_week_without_working_day_is_refused(self):
        for weekdays in (frozenset(), frozenset({7}), frozenset({-1, 0})):
            with self.subTest(weekdays=weekdays), self.assertRaisesRegex(ValueError, "choose at least one"):
                Calendar('FR', weekdays=weekdays)

    def test_a_year_is_computed_once_per_country(self):
        workdays._public_holidays.cache_clear()
        compute = workdays.holidays.country_holidays
        with patch.object(workdays.holidays, 'country_holidays', side_effect=compute) as computed:
            for n in range(730):
                Calendar('FR').is_workday(date(2026, 1, 1) + timedelta(n))
        self.assertEqual(computed.call_count, 2)

    @PROFILE
    @given(CALENDARS, DAYS, st.integers(-40, 40))
    def test_properties(self, calendar, day, n):
        following, before = calendar.next_workday(day), calendar.previous_workday(day)
        self.assertTrue(calendar.is_workday(following))
        self.assertTrue(calendar.is_workday(before))
        self.assertLessEqual(before, day)
        self.assertGreaterEqual(following, day)
        between = (before + timedelta(k) for k in range(1, (following - before).days))
        self.assertFalse(any(calendar.is_workday(d) for d in between))
        landed = calendar.add(day, n)
        self.assertTrue(calendar.is_workday(landed))
        if n:
            low, high = sorted((day, landed))
            span = (low + timedelta(k) for k in range((high - low).days + 1))
            self.assertEqual(sum(calendar.is_workday(d) for d in span if d != day), abs(n))


@tagged('post_install', '-at_install')
class TestSendWindow(BaseCase):

    def window(self, start=time(9), end=time(17, 30), tz='Europe/Paris', calendar=FRANCE):
        return SendWindow(calendar, start, end, tz)

    def test_open_from_start_to_before_end(self):
        window = self.window()  # winter in Paris: UTC+1
        for moment, expected in [
            (utc(2026, 11, 23, 7, 59, 59), False), (utc(2026, 11, 23, 8), True), (utc(2026, 11, 23, 16, 29, 59), True),
            (utc(2026, 11, 23, 16, 30), False), (utc(2026, 11, 22, 10), False), (utc(2026, 7, 14, 10), False),
            (utc(2026, 7, 15, 7), True), (utc(2026, 7, 15, 6, 59), False),  # summer: UTC+2
        ]:
            with self.subTest(moment=moment):
                self.assertIs(window.is_open(moment), expected)

    def test_next_opening(self):
        window = self.window()
        for moment, expected in [
            (utc(2026, 11, 23, 10), utc(2026, 11, 23, 10)),  # open: now
            (utc(2026, 11, 23, 3), utc(2026, 11, 23, 8)),
            (utc(2026, 11, 20, 16, 30), utc(2026, 11, 23, 8)),  # Friday evening: Monday
            (utc(2026, 10, 23, 20), utc(2026, 10, 26, 8)),  # over the end of summer time
            (utc(2026, 3, 27, 20), utc(2026, 3, 30, 7)),  # over its beginning
            (utc(2026, 12, 24, 20), utc(2026, 12, 28, 8)),
        ]:
            with self.subTest(moment=moment):
                self.assertEqual(window.next_opening(moment), expected)
                self.assertEqual(window.next_opening(moment).utcoffset(), timedelta())

    def test_moments_may_come_in_any_time_zone(self):
        moment = utc(2026, 11, 23, 8).astimezone(workdays._zone('Asia/Tokyo'))
        self.assertTrue(self.window().is_open(moment))

    def test_today_at_the_ends_of_the_world(self):
        for tz, moment, expected in [
            ('Pacific/Pago_Pago', utc(2026, 11, 23, 10, 59), date(2026, 11, 22)),  # UTC-11
            ('Pacific/Pago_Pago', utc(2026, 11, 23, 11, 0), date(2026, 11, 23)),
            ('Pacific/Kiritimati', utc(2026, 11, 23, 9, 59), date(2026, 11, 23)),  # UTC+14
            ('Pacific/Kiritimati', utc(2026, 11, 23, 10, 0), date(2026, 11, 24)),
            ('Europe/Paris', utc(2026, 11, 23, 23, 0), date(2026, 11, 24)),
            ('Europe/Paris', utc(2026, 7, 23, 21, 59), date(2026, 7, 23)),
        ]:
            with self.subTest(tz=tz, moment=moment):
                self.assertEqual(self.window(tz=tz).today(moment), expected)

    def test_next_opening_at_the_ends_of_the_world(self):
        week = Calendar(None)
        east = self.window(tz='Pacific/Kiritimati', calendar=week)
        self.assertEqual(east.next_opening(utc(2026, 11, 22, 10)), utc(2026, 11, 22, 19))  # already Monday there
        west = self.window(tz='Pacific/Pago_Pago', calendar=week)
        self.assertEqual(west.next_opening(utc(2026, 11, 23, 8)), utc(2026, 11, 23, 20))  # still Sunday there
        self.assertTrue(west.is_open(utc(2026, 11, 28, 2)))  # still Friday there

    def test_clock_jumping_over_the_start(self):
        window = self.window(time(2, 30), time(4), calendar=EVERY_DAY)
        self.assertEqual(window.next_opening(utc(2026, 3, 28, 23)), utc(2026, 3, 29, 1))  # 2:00 becomes 3:00
        self.assertTrue(window.is_open(utc(2026, 3, 29, 1)))
        self.assertFalse(window.is_open(utc(2026, 3, 29, 0, 59, 59)))

    def test_clock_jumping_over_the_whole_window(self):
        window = self.window(time(2, 10), time(2, 50), calendar=EVERY_DAY)
        self.assertEqual(window.next_opening(utc(2026, 3, 28, 23)), utc(2026, 3, 30, 0, 10))

    def test_hour_that_comes_twice(self):
        window = self.window(time(2, 30), time(2, 45), calendar=EVERY_DAY)  # 25 October: 3:00 becomes 2:00
        self.assertEqual(window.next_opening(utc(2026, 10, 25, 0)), utc(2026, 10, 25, 0, 30))
        self.assertEqual(window.next_opening(utc(2026, 10, 25, 0, 45)), utc(2026, 10, 25, 1, 30))
        self.assertEqual(window.next_opening(utc(2026, 10, 25, 1, 45)), utc(2026, 10, 26, 1, 30))

    def test_day_that_never_was(self):
        window = self.window(tz='Pacific/Apia', calendar=EVERY_DAY)  # 30 December 2011 was skipped, UTC-10 to UTC+14
        self.assertEqual(window.next_opening(utc(2011, 12, 30, 4)), utc(2011, 12, 30, 19))
        self.assertEqual(window.today(utc(2011, 12, 30, 9, 59)), date(2011, 12, 29))
        self.assertEqual(window.today(utc(2011, 12, 30, 10)), date(2011, 12, 31))

    def test_window_over_midnight_or_empty_is_refused(self):
        for start, end in [(time(22), time(6)), (time(9), time(9)), (time(9), time(0))]:
            with self.subTest(start=start), self.assertRaisesRegex(ValueError, "over midnight: choose an end"):
                self.window(start, end)

    def test_whole_day(self):
        window = self.window(time(0), time.max, calendar=EVERY_DAY)
        self.assertTrue(window.is_open(utc(2026, 11, 23, 22, 59, 59)))
        self.assertTrue(window.is_open(utc(2026, 11, 23, 23, 0)))

    def test_unknown_time_zone_is_refused(self):
        for tz in ('Europe/Atlantis', '', 'Europe', '../etc/passwd'):
            with self.subTest(tz=tz), self.assertRaisesRegex(ValueError, "choose one such as Europe/Paris"):
                self.window(tz=tz)

    def test_old_zone_names_work_where_the_system_lacks_them(self):
        workdays._zone.cache_clear()
        with patch.object(workdays.zoneinfo, 'ZoneInfo', _Lacking):
            self.assertEqual(self.window(tz='US/Eastern').today(utc(2026, 7, 23, 3, 59)), date(2026, 7, 22))
        workdays._zone.cache_clear()

    def test_hour_that_comes_twice_opens_the_first_time(self):
        window = SendWindow(Calendar(None, weekdays=frozenset({6})), time(2, fold=1), time(4), 'Europe/Paris')
        self.assertEqual(window.next_opening(utc(2026, 10, 24, 12)), utc(2026, 10, 25, 0))

    def test_jump_over_a_start_within_a_second_opens_at_the_jump(self):
        sunday = Calendar(None, weekdays=frozenset({6}))
        window = SendWindow(sunday, time(2, 0, 0, 1), time(4), 'America/St_Johns')
        self.assertEqual(window.next_opening(utc(2026, 3, 7, 12)), utc(2026, 3, 8, 5, 30))

    def test_naive_moments_are_refused(self):
        with self.assertRaisesRegex(ValueError, "pass an aware datetime"):
            self.window().is_open(utc(2026, 11, 23, 10).replace(tzinfo=None))

    @PROFILE
    @given(
        CALENDARS, st.times(), st.times(),
        st.sampled_from(['Europe/Paris', 'America/St_Johns', 'Pacific/Pago_Pago', 'Pacific/Kiritimati',
                         'Australia/Lord_Howe', 'Asia/Kathmandu']),
        st.integers(0, 425 * 24 * 60),
    )
    def test_nothing_is_open_before_the_next_opening(self, calendar, start, end, tz, minutes):
        start, end = sorted((start, end))
        if (datetime.combine(date.min, end) - datetime.combine(date.min, start)) < timedelta(hours=2):
            start, end = time(1), time(23)  # wide enough for no clock change to swallow it
        window, moment = SendWindow(calendar, start, end, tz), utc(2026, 3, 1) + timedelta(minutes=minutes)
        opening = window.next_opening(moment)
        self.assertTrue(window.is_open(opening))
        self.assertGreaterEqual(opening, moment)
        self.assertEqual(window.next_opening(opening), opening)
        span = opening - moment
        self.assertFalse(any(window.is_open(moment + span * k / 50) for k in range(50)) and span)
        if span:
            self.assertFalse(window.is_open(opening - timedelta(microseconds=1)))


class _Lacking(workdays.zoneinfo.ZoneInfo):
    """A system whose zone data lack the old names."""

    def __new__(cls, key):
        raise workdays.zoneinfo.ZoneInfoNotFoundError(key)
