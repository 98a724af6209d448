"""Metrics, and the functions that they call."""
