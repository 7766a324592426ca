"""What people may do before any number exists; one module per subject."""
