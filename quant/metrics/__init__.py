"""Measurements of a credit model and the statistical tests over them."""
