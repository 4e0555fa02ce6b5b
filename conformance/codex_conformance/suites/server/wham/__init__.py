"""What is required of servers of the wham surface."""
