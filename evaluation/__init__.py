"""Runs: files measured against the truth and judged under an agreement."""
