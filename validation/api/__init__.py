"""Validation by API: one class per operation."""
