"""Deployments and the prediction gateway: what was approved answers requests, and what it answered is written down."""
