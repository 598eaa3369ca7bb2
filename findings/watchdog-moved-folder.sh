#!/bin/sh
# watchdog 7.1.0 (Linux): an observer whose folder is moved away says nothing, and goes on telling of it under the old name.
#
# A good guess   A watch is on a path. When the watched folder is moved or removed, an event says so; when a folder of that
#                name is there again, what happens in it is told.
# What happens   Moving the watched folder gives no event. A file that is then made in it, where it lies now, is told as made
#                in a path that does not exist. Another folder of the old name is not watched. After a removal there is an
#                event, and the folder that is made anew is not watched either. The observer stays alive all the while, and
#                only to schedule the path again helps.
# The cause      inotify watches an inode, not a path. watchdog/observers/inotify.py, InotifyWatchGroup: of IN_MOVE_SELF nothing
#                is made (a comment leaves open what), and the paths of events come from the name at the start; for
#                IN_DELETE_SELF InotifyEmitter emits one event and stops, while its observer lives on.
# Matters to     whoever watches a folder for long that a sync tool, a deployment or a person may replace: look at the path
#                itself from time to time (is it there, is it the same inode), and schedule it again.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

if [ "$(uname -s)" != Linux ]; then
    echo "cannot be tried here: needs Linux" >&2
    exit 2
fi
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check watchdog==7.1.0

cat >"$work/expected" <<'END'
a file in in/: created in/one
in/ becomes away/: nothing
a file in away/: created in/two
another in/, and a file in it: nothing
scheduled anew, a file in in/: created in/four
in/ is removed: deleted in, deleted in/four, deleted in/three
in/ again, and a file in it: nothing
the observer: alive
END

cat >"$work/snippet.py" <<'END'
import os
import queue
import shutil
import tempfile
from pathlib import Path

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

SECONDS = 2.0
here = Path(tempfile.mkdtemp(dir=".")).resolve()
told = queue.Queue()


class Tell(FileSystemEventHandler):
    def on_any_event(self, event):
        if event.event_type in ("created", "deleted", "moved"):
            told.put(f"{event.event_type} {os.path.relpath(event.src_path, here)}")


def say(what, act):
    """Do something, and print which events come within a while."""
    act()
    found = []
    try:
        while True:
            found.append(told.get(timeout=SECONDS))
    except queue.Empty:
        print(f"{what}: {', '.join(sorted(found)) or 'nothing'}")


(here / "in").mkdir()
observer = Observer()
watch = observer.schedule(Tell(), str(here / "in"), recursive=True)
observer.start()
say("a file in in/", lambda: (here / "in" / "one").touch())
say("in/ becomes away/", lambda: (here / "in").rename(here / "away"))
say("a file in away/", lambda: (here / "away" / "two").touch())
say("another in/, and a file in it", lambda: ((here / "in").mkdir(), (here / "in" / "three").touch()))
observer.unschedule(watch)
watch = observer.schedule(Tell(), str(here / "in"), recursive=True)
say("scheduled anew, a file in in/", lambda: (here / "in" / "four").touch())
say("in/ is removed", lambda: shutil.rmtree(here / "in"))
say("in/ again, and a file in it", lambda: ((here / "in").mkdir(), (here / "in" / "five").touch()))
print(f"the observer: {'alive' if observer.is_alive() else 'ended'}")
observer.stop()
observer.join()
END

(cd "$work" && env/bin/python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: watchdog-moved-folder no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: a watched folder that is moved away is told of under its old name, and its successor is not watched"
