"""From a file somebody uploaded to typed rows, or to a refusal that says why."""
