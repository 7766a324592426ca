"""What people type about money."""

from __future__ import annotations

from django import forms


class MomentInput(forms.DateTimeInput):
    """A day and a time, as the browser's own control."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")
