#!/bin/sh
# pandas 3.1.1: the name that a monthly period's frequency gives itself is refused by everything that makes periods.
#
# A good guess   `periods.freq.freqstr` and `periods.freqstr` are the same text, and either makes the same periods again,
#                as for dates: date_range(..., freq=dates.freq.freqstr).
# What happens   `periods.freqstr` is "M", `periods.freq.freqstr` is "ME". PeriodDtype, Period and to_period refuse "ME"
#                with a ValueError, while they take the frequency itself, whose repr is <MonthEnd>. So do quarters
#                and years; days, hours and weeks are the same in both.
#                The freqstr of monthly *dates* is "ME", too: dates.to_period(dates.freqstr) fails,
#                dates.to_period(dates.freq) and dates.to_period() work.
# The cause      Since the names of offsets and of periods parted (ME and M), pandas/core/arrays/period.py,
#                PeriodArray.freqstr, answers with PeriodDtype's own name; `freq` is still an offset of
#                pandas/_libs/tslibs/offsets.pyx, and its freqstr is the name for dates.
# Matters to     whoever stores a frequency as text (in JSON, a file's header, a message to another process) and
#                makes periods of it there: text of `freqstr` of the index is right, of its `freq` is not.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 numpy==2.4.6

cat >"$work/expected" <<'END'
M: the index says M, its frequency says ME: refused, the frequency itself: period[M]
Q: the index says Q-DEC, its frequency says QE-DEC: refused, the frequency itself: period[Q-DEC]
Y: the index says Y-DEC, its frequency says YE-DEC: refused, the frequency itself: period[Y-DEC]
W: the index says W-SUN, its frequency says W-SUN: period[W-SUN], the frequency itself: period[W-SUN]
D: the index says D, its frequency says D: period[D], the frequency itself: period[D]
dates say ME: to_period of the text: refused, of the frequency: period[M]
END

cat >"$work/snippet.py" <<'END'
import pandas as pd


def tried(make):
    try:
        return make()
    except ValueError:
        return "refused"


for freq in ("M", "Q", "Y", "W", "D"):
    periods = pd.period_range("2026-01-01", periods=2, freq=freq)
    own = periods.freq.freqstr
    again = tried(lambda own=own: pd.PeriodDtype(own))
    print(
        f"{freq}: the index says {periods.freqstr}, its frequency says {own}: {again}, "
        f"the frequency itself: {pd.PeriodDtype(periods.freq)}"
    )
dates = pd.date_range("2026-01-31", periods=2, freq="ME")
text = tried(lambda: dates.to_period(dates.freqstr).dtype)
print(f"dates say {dates.freqstr}: to_period of the text: {text}, of the frequency: {dates.to_period(dates.freq).dtype}")
END

(cd "$work" && env/bin/python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: pandas-period-frequency-name no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: PeriodDtype refuses the freqstr of a monthly period's own frequency"
