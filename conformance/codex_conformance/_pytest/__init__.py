"""How a pytest run becomes a conformance run: loaded only where an option asks for it."""
