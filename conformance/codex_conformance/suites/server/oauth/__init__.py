"""What is required of servers of the oauth surface."""
