"""Spreadsheets of a round: to take away, and to fill in where there is no network.

No Django in here. Every text in a workbook stands in both languages, so that one file
serves everybody at a site.
"""

from projects.workbook.faults import Fault, WorkbookRefused
from projects.workbook.filled import Filled, read_filled
from projects.workbook.form import Asked, form_workbook
from projects.workbook.whole import Line, whole_workbook

__all__ = [
    "Asked",
    "Fault",
    "Filled",
    "Line",
    "WorkbookRefused",
    "form_workbook",
    "read_filled",
    "whole_workbook",
]
