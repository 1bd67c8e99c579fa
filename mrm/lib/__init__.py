"""Small modules that every app may use; none of them knows an app."""
