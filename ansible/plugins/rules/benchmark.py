"""Settings of the role benchmark: the plan of a board, and where its records go."""

from __future__ import annotations

from typing import Any

from .model import Settings

SCHEMA = "nano-ocr/campaign-plan/1"
UNIT = ("nano-ocr-benchmark", "Starting ", "Failed to start ", "Finished ")  # systemd's own lines in the log
MESSAGE = "ocr-app benchmark campaign: "


def plan(settings: Settings) -> dict[str, Any]:
    """``folder`` and ``file``: on the board; ``records``: on the control machine; ``plan``: what the board is told.

    ``benchmark_campaign`` comes from fleet/campaigns/plan.py: the name, the parts, the folders.
    """
    campaign, host = settings["benchmark_campaign"], settings.text("inventory_hostname")
    app = settings.text("benchmark_app")
    folder = f"{settings.text('benchmark_folder')}/{campaign['folder']}"
    told = {
        "schema": SCHEMA,
        "campaign": campaign["name"],
        "host": host,
        "parts": [{**part, "command": [app, *part["command"]]} for part in campaign["parts"]],
        "services": settings.texts("benchmark_services"),
        "units": settings.texts("benchmark_busy_units"),
        "locks": settings.text("benchmark_locks"),
        "timeout_s": float(settings.text("benchmark_timeout_s")),
        "again": bool(campaign["again"]),
    }
    return {"folder": folder, "file": f"{folder}/plan.json", "records": f"{campaign['records']}/{host}", "plan": told}


def said(settings: Settings) -> str:
    """The application's own message in the log of the unit, if it failed; ``settings.given``: log, code."""
    if int(settings.given["code"]) == 0:
        return ""
    lines = [line.strip() for line in str(settings.given["log"]).splitlines() if not line.startswith(UNIT)]
    starts = [number for number, line in enumerate(lines) if line.startswith(MESSAGE)]
    own = lines[starts[-1] : starts[-1] + 3] if starts else lines[-1:]
    return "; ".join(own) or "no message"
