"""Typed content to a medium: today PDF."""
