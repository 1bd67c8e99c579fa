"""One file per check. Nothing here is imported by name but through `validation.catalog`."""
