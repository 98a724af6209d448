"""What is done with predictions: metrics, pictures."""
