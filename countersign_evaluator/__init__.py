"""Countersign's checks as an evaluator of MLflow, in the author's own environment and without Django."""
