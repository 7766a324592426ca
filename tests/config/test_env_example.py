"""Every variable the settings read is explained in .env.example, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_names_what_the_settings_read():
    settings = (ROOT / "config/settings.py").read_text()
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', settings))
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if re.match(r"[A-Z]", line)}

    assert named == read
