"""Screening metrics by group. They measure differences;
whether a difference is unfair is for people to conclude.
"""
