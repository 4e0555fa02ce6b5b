"""What is required of clients."""
