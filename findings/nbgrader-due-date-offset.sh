#!/bin/sh
# nbgrader 0.9.6: a due date with the offset +0200 is read as 200 seconds from UTC, and CEST as UTC.
#
# A good guess   "12:00:00 +0200" is 10:00 in UTC, as "+02:00" would say; CEST, which nbgrader's own exchange
#                writes each summer for timezone = "Europe/Berlin", is 10:00 in UTC, too; what cannot be
#                understood is refused.
# What happens   "+0200" gives 11:56:40, "+02:00" gives 12:00, CEST gives 12:00, EDT gives 12:00: all without a word.
#                EST, a zone of that name in the zone database, is read as a good guess says.
# The cause      nbgrader/utils.py, parse_utc: the third word of the text is first tried as int(), and dateutil takes
#                a number for seconds; else it is looked up by dateutil.tz.gettz, whose None (no such file in the
#                zone database; summer names have none) makes dateutil leave the time without a zone, which
#                parse_utc then takes for UTC. On a machine whose own zone is called CEST, gettz finds it: the same
#                text is another time on the instructor's machine than in a container, so TZ is set to UTC here.
# Matters to     whoever types a due date with an offset, or sets Exchange.timezone: in summer everybody in Berlin is
#                two hours "late", and nbgrader's late penalties count them. ISO offsets in digits are no way out.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 SQLAlchemy==2.1.9 traitlets==5.16.1

cat >"$work/expected" <<'END'
UTC            2026-07-01 12:00:00
Europe/Berlin  2026-07-01 10:00:00
EST            2026-07-01 17:00:00
+0200          2026-07-01 11:56:40
+02:00         2026-07-01 12:00:00
CEST           2026-07-01 12:00:00
EDT            2026-07-01 12:00:00
the exchange writes 2026-07-01 12:00:00.000000 CEST
END

cat >"$work/snippet.py" <<'END'
import datetime

import dateutil.tz
from nbgrader.exchange.abc import Exchange
from nbgrader.utils import parse_utc

for zone in ("UTC", "Europe/Berlin", "EST", "+0200", "+02:00", "CEST", "EDT"):
    print(f"{zone:14} {parse_utc(f'2026-07-01 12:00:00 {zone}')}")
noon = datetime.datetime(2026, 7, 1, 12, tzinfo=dateutil.tz.gettz("Europe/Berlin"))
print("the exchange writes", noon.strftime(Exchange.timestamp_format.default_value))
END

(cd "$work" && TZ=UTC env/bin/python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: nbgrader-due-date-offset no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: a due date with +0200 is read as 200 seconds from UTC, and CEST as UTC"
