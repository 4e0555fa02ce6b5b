"""The mock backend: who answers."""
