from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.packs.core.trigger.cron_oracle import CronParts, Part, fire_times
from treadle.node import Fire
from treadle.packs.core.trigger.cron.expression import ALIASES, parse_cron
from treadle.packs.core.trigger.cron.zone import get_zone
from treadle.packs.core.trigger.schedule import last_fire, next_fire, schedule

AT = datetime(2026, 1, 5, 9, 2, 30, tzinfo=UTC)


def walk(cron: str, zone: str, start: datetime, count: int) -> list[str]:
    """The next fire times as the clocks of the zone show them, with their distance from UTC."""
    shown: list[str] = []
    at = start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for _ in range(count):
        due = next_fire(at, cron=cron, timezone=zone)
        assert due is not None
        shown.append(due.astimezone(ZoneInfo(zone)).strftime("%d %H:%M%z"))
        at = due
    return shown


def test_a_time_that_the_clocks_skip_fires_at_the_first_instant_after_the_gap() -> None:
    shown = walk("30 2 * * *", "Europe/Berlin", datetime(2026, 3, 28), 3)

    assert shown == ["28 02:30+0100", "29 03:00+0200", "30 02:30+0200"]


def test_two_times_in_one_gap_fire_once() -> None:
    """The first instant after the gap is one instant."""
    shown = walk("0,30 2,3 * * *", "Europe/Berlin", datetime(2026, 3, 28, 12), 3)

    assert shown == ["29 03:00+0200", "29 03:30+0200", "30 02:00+0200"]


def test_a_time_that_the_clocks_show_twice_fires_the_first_time() -> None:
    shown = walk("30 2 * * *", "Europe/Berlin", datetime(2026, 10, 24), 3)

    assert shown == ["24 02:30+0200", "25 02:30+0200", "26 02:30+0100"]


def test_seconds_change_nothing_about_the_clocks() -> None:
    """Six fields are as fixed as five."""
    shown = walk("0 30 2 * * *", "Europe/Berlin", datetime(2026, 3, 28), 3)

    assert shown == ["28 02:30+0100", "29 03:00+0200", "30 02:30+0200"]


def test_a_wildcard_goes_on_in_real_time_where_an_hour_is_shown_twice() -> None:
    shown = walk("*/30 * * * *", "Europe/Berlin", datetime(2026, 10, 25, 1, 20), 6)

    assert shown == [
        "25 01:30+0200",
        "25 02:00+0200",
        "25 02:30+0200",
        "25 02:00+0100",
        "25 02:30+0100",
        "25 03:00+0100",
    ]


def test_a_wildcard_goes_on_in_real_time_where_an_hour_is_skipped() -> None:
    shown = walk("0 * * * *", "Europe/Berlin", datetime(2026, 3, 29, 0, 30), 3)

    assert shown == ["29 01:00+0100", "29 03:00+0200", "29 04:00+0200"]


def test_every_hour_written_out_is_every_hour() -> None:
    shown = walk("0 0-23 * * *", "Europe/Berlin", datetime(2026, 10, 25, 1, 30), 3)

    assert shown == ["25 02:00+0200", "25 02:00+0100", "25 03:00+0100"]


def test_a_change_of_half_an_hour_is_as_good_as_any() -> None:
    """Lord Howe Island puts its clocks forward by 30 minutes."""
    skipped = walk("15 2 * * *", "Australia/Lord_Howe", datetime(2026, 10, 3, 12), 2)
    doubled = walk("45 1 * * *", "Australia/Lord_Howe", datetime(2026, 4, 4, 12), 2)
    running = walk("*/15 * * * *", "Australia/Lord_Howe", datetime(2026, 4, 5, 1, 20), 5)

    assert skipped == ["04 02:30+1100", "05 02:15+1100"]
    assert doubled == ["05 01:45+1100", "06 01:45+1030"]
    assert running == ["05 01:30+1100", "05 01:45+1100", "05 01:30+1030", "05 01:45+1030", "05 02:00+1030"]


def test_where_midnight_is_skipped_the_day_begins_at_one() -> None:
    shown = walk("0 0 * * *", "America/Santiago", datetime(2026, 9, 5, 12), 2)

    assert shown == ["06 01:00-0300", "07 00:00-0300"]


def test_where_midnight_is_shown_twice_the_day_begins_once() -> None:
    """Santiago goes back from 00:00 to 23:00: the hour before midnight comes twice, on the day that ends."""
    late = walk("30 23 * * *", "America/Santiago", datetime(2026, 4, 4, 12), 2)
    midnight = walk("0 0 * * *", "America/Santiago", datetime(2026, 4, 4, 12), 2)

    assert late == ["04 23:30-0300", "05 23:30-0400"]
    assert midnight == ["05 00:00-0400", "06 00:00-0400"]


def test_a_day_that_a_country_left_out_fires_when_the_next_begins() -> None:
    """Samoa had no 30 December 2011."""
    shown = walk("0 9 * * *", "Pacific/Apia", datetime(2011, 12, 29, 0), 3)

    assert shown == ["29 09:00-1000", "31 00:00+1400", "31 09:00+1400"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "America/Phoenix"])
def test_where_clocks_are_never_changed_a_day_has_24_hours(zone: str) -> None:
    at = next_fire(AT, cron="0 2 * * *", timezone=zone)
    days = 0
    while at is not None and days < 400:
        following = next_fire(at, cron="0 2 * * *", timezone=zone)
        assert following == at + timedelta(days=1)
        at, days = following, days + 1


def test_a_second_is_the_first_of_six_fields() -> None:
    due = next_fire(AT, cron="15 */5 * * * *")

    assert due == datetime(2026, 1, 5, 9, 5, 15, tzinfo=UTC)


def test_the_next_fire_is_strictly_later() -> None:
    at = datetime(2026, 1, 5, 9, 5, tzinfo=UTC)

    assert next_fire(at, cron="*/5 * * * *") == at + timedelta(minutes=5)
    assert next_fire(at - timedelta(microseconds=1), cron="*/5 * * * *") == at


def test_a_day_and_a_weekday_are_either_or_unless_one_is_a_star() -> None:
    """As cron has it: `13 * 5` is every 13th and every Friday; `*/2` and Friday must both be true."""
    either = [next_fire(datetime(2026, 2, day, tzinfo=UTC), cron="0 0 13 * 5") for day in (1, 6, 13)]
    both = next_fire(datetime(2026, 2, 6, 1, tzinfo=UTC), cron="0 0 */2 * 5")

    assert [at.day for at in either if at] == [6, 13, 20]
    assert both == datetime(2026, 2, 13, tzinfo=UTC)


def test_the_last_day_of_a_month_is_known() -> None:
    due = next_fire(datetime(2028, 2, 3, tzinfo=UTC), cron="0 12 L * *")

    assert due == datetime(2028, 2, 29, 12, tzinfo=UTC)


def test_a_leap_day_is_waited_for() -> None:
    due = next_fire(AT, cron="0 0 29 2 *", timezone="Europe/Berlin")

    assert due == datetime(2028, 2, 28, 23, tzinfo=UTC)


def test_the_end_of_the_calendar_is_the_end_of_a_schedule() -> None:
    assert next_fire(datetime(9999, 12, 31, 23, 30, tzinfo=UTC), cron="0 0 * * *", timezone="Asia/Tokyo") is None


@pytest.mark.parametrize("alias", ALIASES)
def test_a_shorthand_means_what_it_says(alias: str) -> None:
    """A long wait for those that are rare, a short one for those that are not."""
    due = next_fire(AT, cron=alias)
    assert due is not None

    following = next_fire(due, cron=alias)

    assert following is not None
    days = (following - due) / timedelta(days=1)
    wanted = {
        "@hourly": 1 / 24,
        "@daily": 1,
        "@midnight": 1,
        "@weekly": 7,
        "@monthly": 28,
        "@yearly": 365,
        "@annually": 365,
    }
    assert days == pytest.approx(wanted[alias])


@pytest.mark.parametrize(
    ("cron", "says"),
    [
        ("0 0 31 2 *", ["never comes", "'31'", "month '2'"]),
        ("0 0 30-31 FEB *", ["never comes"]),
        ("0 0 31 4,6,9,11 *", ["never comes"]),
        ("0 0 */40 * MON#5", ["never comes"]),
        ("61 25 * * MONDAY", ["minute '61'", "hour '25'", "weekday 'MONDAY'", "0-59", "0-23"]),
        ("* * * *", ["4 fields", "5 or 6"]),
        ("0 0 1 1 * 2026 0", ["7 fields"]),
        ("", ["0 fields"]),
        ("@reboot", ["no shorthand", "@daily"]),
        ("*/0 * * * *", ["minute '*/0'"]),
        ("5-1 * * * *", ["minute '5-1'"]),
        ("0 0 L-3 * *", ["day of the month 'L-3'"]),
        ("٣ * * * *", ["minute"]),
        ("9" * 400, ["400 characters"]),
        ("{{ params.cron }}", ["3 fields"]),
    ],
)
def test_a_cron_that_cannot_be_is_refused_with_all_that_is_wrong(cron: str, says: list[str]) -> None:
    (problem,) = schedule.config_problems({"cron": cron}, frozenset())

    assert problem[0] == ("cron",)
    for text in says:
        assert text in problem[1]


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Europe/Berln", "'Europe/Berlin'"),
        ("europe/berlin", "'Europe/Berlin'"),
        ("Berlin", "'Europe/Berlin'"),
        ("new york", "'America/New_York'"),
        ("UTC+2", "'Etc/GMT-2'"),
        ("Europe", "'Europe/"),
        ("localtime", "'Europe/Berlin'"),
        ("../../etc/passwd", "'UTC'"),
        ("", "'UTC'"),
        ("a\0b", "'UTC'"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(zone: str, says: str) -> None:
    (problem,) = schedule.config_problems({"cron": "@daily", "timezone": zone}, frozenset())

    assert problem[0] == ("timezone",)
    assert "there is no time zone" in problem[1]
    assert says in problem[1]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = {"cron": "0 0 31 2 *", "timezone": "Mars", "catch_up": "some", "jitter": "soon"}

    problems = schedule.config_problems(wrong, frozenset())

    assert [where[0] for where, _ in problems] == ["cron", "timezone", "catch_up", "jitter"]


@pytest.mark.parametrize(("jitter", "fits"), [("4m", True), ("5m", False), ("2d", False), (0, True)])
def test_jitter_must_not_let_fire_times_overtake_each_other(jitter: object, fits: bool) -> None:
    problems = schedule.config_problems({"cron": "*/5 * * * *", "jitter": jitter}, frozenset())

    assert (not problems) is fits


def test_a_run_is_told_when_it_was_due_and_when_it_was_started() -> None:
    late = AT + timedelta(minutes=3)

    told = schedule(Fire(at=AT, fired_at=late), cron="@daily")

    assert (told.scheduled_at, told.fired_at) == (AT, late)


def test_a_schedule_can_be_put_into_words() -> None:
    assert parse_cron("30 9 * * MON-FRI").in_words() == "At 09:30 on Monday through Friday"


def test_zones_do_not_depend_on_the_machine() -> None:
    """Slim images have none; ours come with the package."""
    zoneinfo.reset_tzpath(to=[])
    ZoneInfo.clear_cache()
    get_zone.cache_clear()
    try:
        due = next_fire(AT, cron="0 12 * * *", timezone="Australia/Lord_Howe")
    finally:
        zoneinfo.reset_tzpath()

    assert due == datetime(2026, 1, 6, 1, tzinfo=UTC)


CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 5, 3, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, tzinfo=UTC)),
    ("UTC", datetime(2026, 2, 28, tzinfo=UTC)),
]


def part(low: int, high: int) -> st.SearchStrategy[Part]:
    """One field, in each of the ways that it may be written."""
    stars = st.integers(1, high).map(lambda step: Part(f"*/{step}", _span(low, high, step)))
    return st.one_of(st.just(Part("*", _span(low, high))), stars, some(low, high))


def some(low: int, high: int) -> st.SearchStrategy[Part]:
    """A field that names its values."""
    values = st.integers(low, high)
    ends = st.tuples(values, values).map(sorted)
    return st.one_of(
        values.map(lambda value: Part(str(value), frozenset({value}))),
        ends.map(lambda it: Part(f"{it[0]}-{it[1]}", _span(*it))),
        st.tuples(ends, st.integers(1, 7)).map(lambda it: Part(f"{it[0][0]}-{it[0][1]}/{it[1]}", _span(*it[0], it[1]))),
        st.sets(values, min_size=2, max_size=4).map(lambda it: Part(",".join(map(str, sorted(it))), frozenset(it))),
    )


def _span(low: int, high: int, step: int = 1) -> frozenset[int]:
    return frozenset(range(low, high + 1, step))


ANY_DAY, ANY_MONTH, ANY_WEEKDAY = Part("*", _span(1, 31)), Part("*", _span(1, 12)), Part("*", _span(0, 6))
CRONS = st.builds(
    CronParts,
    minute=part(0, 59),
    hour=st.one_of(part(0, 23), some(0, 3)),
    day=st.one_of(st.just(ANY_DAY), part(1, 31)),
    month=st.just(ANY_MONTH),
    weekday=st.one_of(st.just(ANY_WEEKDAY), part(0, 6)),
)
HALF_PAST_TWO = CronParts(Part("30", frozenset({30})), Part("2", frozenset({2})), ANY_DAY, ANY_MONTH, ANY_WEEKDAY)


@settings(max_examples=150, deadline=None)
@given(cron=CRONS, change=st.sampled_from(CHANGES), hours=st.integers(-40, 10))
@example(cron=HALF_PAST_TWO, change=CHANGES[0], hours=-30)
@example(cron=HALF_PAST_TWO, change=CHANGES[1], hours=-1)
def test_it_fires_when_looking_at_the_clocks_every_minute_says_so(
    cron: CronParts, change: tuple[str, datetime], hours: int
) -> None:
    """Against an oracle that knows nothing of offsets: it looks at the clocks in every minute of two days."""
    zone, at = change
    start, end = at + timedelta(hours=hours), at + timedelta(hours=hours + 48)
    wanted = fire_times(cron, ZoneInfo(zone), start, end)

    found: list[datetime] = []
    due = next_fire(start, cron=cron.text, timezone=zone)
    while due is not None and due <= end:
        found.append(due)
        due = next_fire(due, cron=cron.text, timezone=zone)

    assert found == wanted


@settings(max_examples=100, deadline=None)
@given(cron=CRONS, change=st.sampled_from(CHANGES), start=st.integers(-3000, 0), length=st.integers(1, 3000))
def test_the_last_fire_is_the_one_that_walking_comes_to(
    cron: CronParts, change: tuple[str, datetime], start: int, length: int
) -> None:
    zone, at = change
    after = at + timedelta(minutes=start)
    until = after + timedelta(minutes=length)

    last = last_fire(after, until, cron=cron.text, timezone=zone)

    walked = fire_times(cron, ZoneInfo(zone), after, until)
    assert last == (walked[-1] if walked else None)
