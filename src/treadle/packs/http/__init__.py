"""Nodes that speak HTTP."""
