"""What is required of servers of the app_server surface."""
