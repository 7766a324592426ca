"""What the runs of an engagement measured over time, by the shape of its files."""
