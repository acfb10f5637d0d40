"""Models and their versions, the evidence for them, who approved them, and where everything came from."""
