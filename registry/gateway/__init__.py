"""The governed tracking address: MLflow behind a gate. `policy` is the table, `gate` the way of a request."""
