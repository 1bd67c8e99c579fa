"""Two versions on the same held-out rows: what is asked of them side by side, one question a file."""
