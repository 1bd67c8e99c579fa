"""The inventory by API, one file a subject."""
