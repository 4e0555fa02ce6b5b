"""What is required of clients that log in and keep tokens."""
