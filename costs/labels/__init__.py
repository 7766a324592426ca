"""Answers of labellers: read, measured and priced. No Django in here."""
