"""What answering costs where: price models by target, and where two of them cross."""
