"""utilsforecast's losses by series; runs where only utilsforecast is installed."""

from __future__ import annotations

import sys

import pandas as pd
from utilsforecast.evaluation import evaluate
from utilsforecast.losses import bias, mae, mape, mse, rmse, smape

from bench.timed import timed

NAMES = {"series_id": "unique_id", "timestamp": "ds", "y_true": "y", "y_pred": "model"}
LOSSES = [mae, mse, rmse, bias, mape, smape]


def main() -> None:
    """Read the file and have the losses of every series; both are timed."""

    def work() -> object:
        frame = pd.read_parquet(sys.argv[1]).rename(columns=NAMES)
        return evaluate(frame, metrics=LOSSES)

    work()
    timed(work)


if __name__ == "__main__":
    main()
