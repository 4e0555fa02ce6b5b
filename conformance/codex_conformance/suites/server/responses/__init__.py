"""What is required of servers of the responses surface."""
