"""Client suites of the Responses surface."""
