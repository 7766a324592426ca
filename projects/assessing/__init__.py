"""The feasibility pages: what they show, and what people type there."""
