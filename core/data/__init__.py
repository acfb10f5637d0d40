"""Data: uploads read defensively, immutable versions, their profile, likely leaks, and what each column is for."""
