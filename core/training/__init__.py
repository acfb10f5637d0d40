"""Training: AutoML runs in processes of their own, what they found on held-out rows, and how runs compare."""
