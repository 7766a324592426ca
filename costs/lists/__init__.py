"""Lists of prices and of exchange rates as files: read whole before any row counts."""
