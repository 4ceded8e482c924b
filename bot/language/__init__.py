"""People's words: catalogues, names of countries, answers and offices in every language."""
