"""Engagements: what is asked, answered and promised."""
