"""The public test key: both primes of an RSA key of 2048 bits that protects nothing.

The key is part of the program on purpose, so that the same world signs the same bytes
everywhere. Anyone can sign with it; never trust it outside a test.
"""

from __future__ import annotations

__all__ = ["EXPONENT", "KEY_ID", "P", "Q"]

#: The ``kid`` of the key, which says in every token what it is.
KEY_ID = "codex-testkit-public-test-key"
EXPONENT = 65537
P = int(
    "f1ad166775b2f773e82d8546de28bdb67768fe31d63e895981bd0b59247129ec"
    "e938b3392fac1cba8bfe2bfb72df1a045138ec066f1c1397d5f3b11e4466ae89"
    "0095d87428d050a9576730050023ce90f6b7cf0e961bd22a652f5eb27a1bc38e"
    "084f644e59146ba6dce6da752b14fdd3394dee98b043a6b2f0860cefc1ff9493",
    16,
)
Q = int(
    "e12a0c88a41aad7d529214f4a93c8e7881e8dee6327a1e1ad6b4f5e15529e687"
    "5ea60a0691dd07c75c214c08a58ab3014234a9001dfaec0eca70d6ca86edcbb5"
    "bdae9710a9a6bc9310a9cbae82faa3c8f81b5a39a1b06ce45cb20d18ff6cab2b"
    "9b84541e50f19032d89ffc71a1ddb47ffd7b0262b8d2488cde27b5ce825adb43",
    16,
)
