"""Retraining by itself: a policy per deployment, challengers on newer data, and a request for approval where they earn more."""
