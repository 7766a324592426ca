"""mlflow.models.evaluate with a logged model; runs where only MLflow is installed."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import mlflow
import pandas as pd
from sklearn.linear_model import LogisticRegression

from bench.timed import timed

# No picture is asked for that needs a model of the model.
CONFIG = {"default": {"log_model_explainability": False}}


def main() -> None:
    """Log a model of one column, then let MLflow evaluate it on the file."""
    frame = pd.read_parquet(sys.argv[1], columns=["y_true", "y_score"])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        mlflow.set_tracking_uri(f"sqlite:///{Path(folder) / 'mlflow.db'}")
        few = frame.iloc[:100_000]
        model = LogisticRegression().fit(few[["y_score"]], few["y_true"])
        with mlflow.start_run():
            logged = mlflow.sklearn.log_model(
                model, name="model", input_example=few[["y_score"]].iloc[:2]
            )
            timed(
                lambda: mlflow.models.evaluate(
                    logged.model_uri,
                    frame,
                    targets="y_true",
                    model_type="classifier",
                    evaluators=["default"],
                    evaluator_config=CONFIG,
                )
            )


if __name__ == "__main__":
    main()
