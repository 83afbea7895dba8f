"""Deployments as bots: what their fills came to."""
