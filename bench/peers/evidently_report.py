"""Evidently's report of a classification; runs where only Evidently is installed."""

from __future__ import annotations

import sys

import pandas as pd
from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.presets import ClassificationPreset, ClassificationQuality

from bench.timed import timed

REPORTS = {"preset": ClassificationPreset, "quality": ClassificationQuality}


def main() -> None:
    """Read the file as Evidently wants it, then time its report."""
    frame = pd.read_parquet(sys.argv[1], columns=["y_true", "y_score"])
    frame["said"] = (frame["y_score"] >= 0.5).astype("int8")
    columns = BinaryClassification(
        target="y_true", prediction_labels="said", prediction_probas="y_score"
    )
    data = Dataset.from_pandas(
        frame, data_definition=DataDefinition(classification=[columns])
    )
    report = Report([REPORTS[sys.argv[2]]()])
    timed(lambda: report.run(data, None).dict())


if __name__ == "__main__":
    main()
