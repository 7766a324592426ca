"""The versions of the feasibility checklist (YAML) and the reader of their fields."""
