"""What is required of clients that drive an app-server."""
