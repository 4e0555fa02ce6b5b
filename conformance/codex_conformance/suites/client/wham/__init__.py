"""Client suites of the WHAM surface."""
