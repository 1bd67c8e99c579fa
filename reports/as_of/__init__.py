"""The inventory as it stood at a moment, read from what is kept with a time. Nothing is reconstructed from words."""
