"""What attributions are worth: additivity, importance with its stability, and deletion fidelity."""
