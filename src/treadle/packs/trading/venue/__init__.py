"""Venues: one small protocol for everything that quotes prices and takes orders."""
