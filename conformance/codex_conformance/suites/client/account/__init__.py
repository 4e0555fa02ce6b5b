"""What is required of clients that log in by way of an app-server, and show the account."""
