"""What a page loads beside its HTML stays light; a chart's library is not counted."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

# Bytes, compressed. Of 150 kB in all, the HTML may have 60.
HEAVIEST_FILES = 90_000
STATIC = re.compile(r"""{% static ["']([^"']+)["'] %}""")


def weight(name: str) -> int:
    found = finders.find(name)
    assert found, f"{name} is in no app"
    return len(gzip.compress(Path(found).read_bytes(), 6))


def named_by(template: Path) -> set[str]:
    return set(STATIC.findall(template.read_text(encoding="utf-8")))


def test_any_page_loads_few_files_and_they_are_light():
    folder = settings.BASE_DIR / "templates"
    everywhere = named_by(folder / "base.html")
    assert {"app.css", "app.js", "session.js"} <= everywhere
    heaviest = 0
    for template in folder.rglob("*.html"):
        # Together with what every page has, even where a template stands alone.
        names = everywhere | named_by(template)
        light = [one for one in names if "plotly" not in one]
        heaviest = max(heaviest, sum(map(weight, light)))

    assert heaviest <= HEAVIEST_FILES, f"{heaviest / 1000:.0f} kB"
