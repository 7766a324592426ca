"""The page of one engagement: what blocks it, what it costs, what comes next."""
