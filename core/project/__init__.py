"""A project: the business question, its words, its value model, and where it stands in the loop."""
