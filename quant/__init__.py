"""Pure numerics: arrays in, frozen dataclasses out. Knows no framework, no files and no settings."""
