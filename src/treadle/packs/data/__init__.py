"""Nodes that shape data: set, transform, filter, sort, group, split, join, pick, parse, format, validate,
template; and two that remember: variable and dedupe.
"""
