"""The portal as one whole: what is wired together at start, and the REST API on top of it."""
