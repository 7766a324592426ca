"""The states of runs and reviews, as data. No Django in here."""

from __future__ import annotations

from projects.machines import Machine, moves

RUN = Machine(
    "Run",
    "queued",
    moves(
        """
        queued -> running: claim (worker)
        queued -> cancelled: cancel_run (engineer)
        running -> measured: record_result (worker)
        running -> refused: record_end (worker)
        running -> failed: record_end (worker)
        running -> cancelled: cancel_run (engineer)
        running -> queued: sweep (beat)
        failed -> queued: repeat_run (engineer)
        cancelled -> queued: repeat_run (engineer)
        """
    ),
)
REVIEW = Machine(
    "Review of a stage",
    "open",
    moves(
        """
        open -> open: sign_review (one side)
        open -> accepted: sign_review (the other side)
        open -> rejected: reject_review (either side)
        """
    ),
)
