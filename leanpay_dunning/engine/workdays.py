"""On which days, and at what time of the day, somebody may be contacted.

No clock is read: every method takes the day or the moment it is asked about.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays
import pytz

MONDAY_TO_FRIDAY = frozenset(range(5))
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one country.

    A country that is None or that the `holidays` library does not know has no public holidays: only `weekdays` and
    `extra` count. A subdivision it does not know gives the holidays of the whole country.

    :raise ValueError: when no day of the week is worked, or a number is not a day of the week
    """

    country: str | None = None  # ISO 3166-1, two letters
    subdivision: str | None = None  # the part of ISO 3166-2 after the hyphen; FR-57 has two more holidays than FR
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY  # days worked, 0 is Monday
    extra: frozenset[date] = frozenset()  # days on which this company is closed besides

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise ValueError(
                f"The working days {sorted(self.weekdays)} are not valid: choose at least one from 0 (Monday) to 6.")

    def is_workday(self, day: date) -> bool:
        """Tell whether `day` is worked: a day of the week that is, no public holiday, no closing day."""
        if day.weekday() not in self.weekdays or day in self.extra:
            return False
        return not self.country or day not in _public_holidays(self.country.upper(), self.subdivision, day.year)

    def next_workday(self, day: date) -> date:
        """Return the first working day from `day` on, `day` itself when it is one."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def previous_workday(self, day: date) -> date:
        """Return the last working day up to `day`, `day` itself when it is one."""
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def add(self, day: date, n: int) -> date:
        """Return the nth working day after `day` (before it when n is negative); n = 0 is :meth:`next_workday`."""
        if n == 0:
            return self.next_workday(day)
        move, step = (self.next_workday, ONE_DAY) if n > 0 else (self.previous_workday, -ONE_DAY)
        for _count in range(abs(n)):
            day = move(day + step)
        return day


@dataclass(frozen=True, slots=True)
class SendWindow:
    """The hours of a working day in which messages leave, on the clock of the company's time zone.

    `end` is not part of the window. Write a whole day as 00:00 to `time.max`.

    :raise ValueError: when the window is empty or goes over midnight, or the time zone is unknown
    """

    calendar: Calendar
    start: time
    end: time
    tz: str

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(
                f"The send window from {self.start:%H:%M} to {self.end:%H:%M} is empty or goes over midnight: choose "
                f"an end that is later than the start on the same day.")
        _zone(self.tz)

    def today(self, moment: datetime) -> date:
        """Return the day it is at `moment` in the company's time zone."""
        return self._local(moment).date()

    def is_open(self, moment: datetime) -> bool:
        """Tell whether messages may leave at `moment`, an aware datetime."""
        local = self._local(moment)
        return self.start <= local.time() < self.end and self.calendar.is_workday(local.date())

    def next_opening(self, moment: datetime) -> datetime:
        """Return the first moment from `moment` on at which messages may leave, in UTC; now when they may."""
        if self.is_open(moment):
            return moment.astimezone(UTC)
        day = self.today(moment)
        while True:
            day = self.calendar.next_workday(day)
            openings = [m for m in self._openings(day) if m >= moment and self.is_open(m)]
            if openings:
                return min(openings)
            day += ONE_DAY

    def _openings(self, day: date) -> Iterator[datetime]:
        """Yield, in UTC, the moments of a day at which the clock reaches the start of the window.

        There are two on a day that has this hour twice. When the clock jumps over it, it is the moment of the jump.
        """
        wall = datetime.combine(day, self.start.replace(fold=0), _zone(self.tz))
        early, late = sorted((wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)))
        yield early
        yield late
        if self._local(late).replace(tzinfo=None) != wall.replace(tzinfo=None):
            yield self._jump(early, late)

    def _jump(self, before: datetime, after: datetime) -> datetime:
        """Return the first second after `before` that has the UTC offset of `after`."""
        offset = self._local(after).utcoffset()
        before = before.replace(microsecond=0)  # clocks jump on whole seconds
        low, high = 0, int((after - before).total_seconds())
        while low < high:
            middle = (low + high) // 2
            if self._local(before + timedelta(seconds=middle)).utcoffset() == offset:
                high = middle
            else:
                low = middle + 1
        return before + timedelta(seconds=high)

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError(f"The moment {moment} has no time zone: pass an aware datetime, in UTC for instance.")
        return moment.astimezone(_zone(self.tz))


@lru_cache(maxsize=1024)
def _public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Return the public holidays of a year, none for a country that the library does not know."""
    subdivisions = holidays.list_supported_countries().get(country)
    if subdivisions is None:
        return frozenset()
    known = subdivision if subdivision in subdivisions else None
    return frozenset(day for day in holidays.country_holidays(country, subdiv=known, years=year) if day.year == year)


@lru_cache(maxsize=1024)
def _zone(name: str) -> zoneinfo.ZoneInfo:
    """Return a time zone by the name that Odoo's users choose from, which are pytz's.

    Systems that keep the old names (US/Eastern) in a package of their own do not know all of them: pytz's own data
    are read then.
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        if name not in pytz.all_timezones_set:
            raise ValueError(f"The time zone {name!r} is unknown: choose one such as Europe/Paris.") from None
    with pytz.open_resource(name) as data:
        return zoneinfo.ZoneInfo.from_file(data, key=name)
