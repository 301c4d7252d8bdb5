"""What nodes report about themselves."""

NEW, OLD = {"id": "n" * 64, "version": "2"}, {"id": "o" * 64, "version": "1"}
READY = {"ready": True, "degraded": [], "state": "reading"}


FAILURE = {"probe": "ready", "phase": "gating", "found": "not ready after 13 s", "by": "me", "log": ["one", "two"]}


def status(phase="idle", current=OLD, candidate=None, running=None, failure=None, health=None):
    return {
        "phase": phase, "current": current, "candidate": candidate, "previous": None, "failure": failure or {},
        "running": running or (current or {}).get("id"), "health": health or READY, "locks": [], "group": None,
        "must_run": (current or {}).get("id"),
    }  # fmt: skip
