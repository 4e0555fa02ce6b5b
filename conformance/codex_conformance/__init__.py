"""Who judges, and the command line."""
