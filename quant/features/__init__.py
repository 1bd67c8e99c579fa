"""Declared features: one schema, one path for a table and one for a single row, with equal bits."""
