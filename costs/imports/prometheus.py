"""An answer of Prometheus to query_range with what dcgm-exporter measures."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from costs.imports import cells
from costs.imports.faults import CellRefused, FileRefused, refused
from costs.imports.line import EPOCH
from costs.imports.sample import Sample, share
from costs.imports.stream import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from costs.imports.line import Tally
    from costs.imports.stream import Caps

# The better measure first: it also works on a part of a card (MIG). What 1 is of it.
MEASURES: Final = {"DCGM_FI_PROF_GR_ENGINE_ACTIVE": 1, "DCGM_FI_DEV_GPU_UTIL": 100}
MOST_SECONDS: Final = 7_000_000_000
MACHINES: Final = ("Hostname", "hostname", "node", "kubernetes_node", "instance")


def is_answer(text: str) -> bool:
    """Whether a text begins like an answer of Prometheus."""
    begun = text.lstrip("\ufeff \r\n\t")
    return begun.startswith("{") and '"status"' in begun and '"data"' in begun


def samples(path: Path, packed: bool, caps: Caps, tally: Tally) -> Iterator[Sample]:
    """The samples of the file; FileRefused for its faults.

    Of a card that is measured in both ways only the better counts.
    """
    series = [one for one in _series(path, packed, caps) if _measure(one) in MEASURES]
    if not series:
        raise refused("no_measure")
    better = {_card(one) for one in series if MEASURES[_measure(one)] == 1}
    for one in series:
        if MEASURES[_measure(one)] == 1 or _card(one) not in better:
            yield from _of_series(one, tally)


# Any: what JSON holds.
def _series(path: Path, packed: bool, caps: Caps) -> list[dict[str, Any]]:
    try:
        with opened(path, packed=packed) as file:
            held = file.read(caps.json + 1)
    except (OSError, EOFError, zlib.error) as broken:
        raise refused("broken") from broken
    if len(held) > caps.json:
        raise refused("much_json", limit=caps.json)
    try:
        found = json.loads(held.decode("utf-8-sig"))["data"]["result"]
    except (ValueError, KeyError, TypeError, RecursionError) as other:
        raise refused("prometheus") from other
    if not isinstance(found, list) or not all(map(_is_series, found)):
        raise refused("prometheus")
    return found


# Any: what JSON holds.
def _is_series(found: Any) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("metric"), dict):
        return False
    points = found.get("values")
    return isinstance(points, list) and all(
        isinstance(point, list) and len(point) == 2 for point in points
    )


# Any: what JSON holds.
def _measure(series: dict[str, Any]) -> str:
    return str(series["metric"].get("__name__", ""))


# Any: what JSON holds.
def _card(series: dict[str, Any]) -> tuple[str, str]:
    """The machine without its port, and the card, or the part of one, on it."""
    said = series["metric"]
    machine = str(next((said[name] for name in MACHINES if said.get(name)), ""))
    card = str(said.get("UUID") or said.get("gpu", ""))
    part = said.get("GPU_I_ID", "")
    return machine.split(":")[0], f"{card}/{part}" if part else card


# Any: what JSON holds.
def _of_series(series: dict[str, Any], tally: Tally) -> Iterator[Sample]:
    resource, card = _card(series)
    measure = _measure(series)
    model = str(series["metric"].get("modelName", ""))
    for moment, value in series["values"]:
        # Prometheus writes what it does not know as NaN.
        if value == "NaN":
            tally.not_measured += 1
            continue
        try:
            number = cells.money(str(value), measure)
            percent = share(number, MEASURES[measure], measure)
            at = _at(moment)
        except CellRefused as wrong:
            raise FileRefused([wrong.at(None)]) from wrong
        yield Sample(0, resource, card, model, at, percent)


# Any: what JSON holds.
def _at(moment: Any) -> datetime:
    if isinstance(moment, int | float) and 0 <= moment <= MOST_SECONDS:
        return EPOCH + timedelta(seconds=moment)
    raise CellRefused("not_a_time", "values", str(moment))
