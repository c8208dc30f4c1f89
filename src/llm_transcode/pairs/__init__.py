"""The converters: one package for each pair of protocols, and what they have in common."""
