"""What a kappa is called, and why the name is no verdict.

Landis and Koch, Biometrics 33 (1977) 159-174, who call their own bounds arbitrary;
Krippendorff, Content Analysis (2004): from .800 on, tentatively from .667 on.
"""

from __future__ import annotations

from typing import Final

from projects.catalogue import Text

BANDS: Final = (
    (0.0, Text("偶然より低い", "poor")),
    (0.2, Text("わずか", "slight")),
    (0.4, Text("やや低い", "fair")),
    (0.6, Text("中程度", "moderate")),
    (0.8, Text("高い", "substantial")),
    (1.0, Text("ほぼ完全", "almost perfect")),
)
CAUTION: Final = Text(
    "LandisとKoch(1977)による呼び方で、著者自身が境目を恣意的と述べています。"
    "ラベルの種類や偏りが違うバッチどうしは比べられません。"
    "Krippendorffはαが0.8以上、少なくとも0.667以上を求めています。",
    "The name is Landis and Koch's (1977), who call its bounds arbitrary. Batches "
    "with other labels, or labels more unequal, cannot be compared by it. "
    "Krippendorff asks for an alpha of .8, or of .667 at the least.",
)


def band_of(value: float) -> Text:
    """The name of a kappa or an alpha; below 0 is worse than chance."""
    # 1 may come out as a hair more.
    rounded = round(min(value, 1.0), 12)
    if rounded < 0:
        return BANDS[0][1]
    return next(name for limit, name in BANDS[1:] if rounded <= limit)
