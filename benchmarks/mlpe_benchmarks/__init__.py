"""Speed beside the peers, and what else is measured."""
