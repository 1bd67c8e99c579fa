"""Many candidates fairly compared: every encoder, imputer and family on the same rows, by a rule that was there
before."""
