#!/usr/bin/env python3
"""Prints the golden table of zones: what Python's zoneinfo says about every IANA zone and link, 1970 to 2100.

    python3 make_golden.py > zones.txt          the system's tzdata (TZDIR, else /usr/share/zoneinfo)

One line a rule set, links sharing their target's:

    tzdata 2025b
    zone America/New_York US/Eastern ...         names with the same clocks
    start -18000                                 offset in seconds at 1970-01-01T00:00Z
    t 5xi6o -b40 ...                             pairs in base 36: how many seconds after the change before it (the first: after
                                                 1970) the offset changes, and to what
"""

import os
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo
import zoneinfo

FOLDER = os.environ.get("TZDIR", "/usr/share/zoneinfo")
zoneinfo.reset_tzpath([FOLDER])
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
END = int((datetime(2101, 1, 1, tzinfo=timezone.utc) - EPOCH).total_seconds())
STEP = 86400  # no zone changes its offset and back within a day


def offset(zone, seconds):
    return int((EPOCH + timedelta(seconds=seconds)).astimezone(zone).utcoffset().total_seconds())


def changes(zone):
    """Every second in 1970 to 2100 at which the offset changes, found by asking only."""
    found, at, before = [], 0, offset(zone, 0)
    while at < END:
        until = min(at + STEP, END)
        after = offset(zone, until)
        if after != before:
            low, high = at, until
            while high - low > 1:
                middle = (low + high) // 2
                if offset(zone, middle) == before:
                    low = middle
                else:
                    high = middle
            before = offset(zone, high)
            found.append((high, before))
            at = high
        else:
            at = until
    return found


def base36(number):
    digits, rest = "", abs(number)
    while rest or not digits:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36] + digits
        rest //= 36
    return ("-" if number < 0 else "") + digits


def main():
    names = []
    with open(os.path.join(FOLDER, "tzdata.zi"), encoding="ascii") as index:
        version = index.readline().split()[2]
        for line in index:
            words = line.split()
            if words[0] == "Z":
                names.append(words[1])
            elif words[0] == "L":
                names.append(words[2])
    print("tzdata", version)
    tables = {}
    for name in sorted(names):
        zone = ZoneInfo.no_cache(name)
        tables.setdefault((offset(zone, 0), tuple(changes(zone))), []).append(name)
    for (start, pairs), sharing in sorted(tables.items(), key=lambda item: item[1]):
        print("zone", *sharing)
        print("start", start)
        text, last = [], 0
        for at, after in pairs:
            text += [base36(at - last), base36(after)]
            last = at
        print("t", *text)


if __name__ == "__main__":
    sys.exit(main())
