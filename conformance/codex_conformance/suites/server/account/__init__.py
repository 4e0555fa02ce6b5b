"""What is required of servers of the account surface."""
