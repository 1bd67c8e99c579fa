"""Facts to typed content: one file per group of sections. Nothing here knows PDF, and nothing here is computed anew
but digests."""
