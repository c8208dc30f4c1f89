"""How fast conversions are, next to the least that reading and writing the same JSON costs."""
