"""What is required of servers."""
