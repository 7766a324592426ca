"""From a bill, a job list or a measurement of GPUs to lines, or to a refusal."""
