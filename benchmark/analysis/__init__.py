"""What records say: the long table of all results, scores, comparisons, and what models have learned."""
