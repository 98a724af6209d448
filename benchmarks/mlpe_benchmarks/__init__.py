"""Measure the speed of each part beside its peer, and other figures."""
