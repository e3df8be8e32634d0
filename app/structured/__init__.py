"""Answers with a form: JSON Schemas read, turned into grammars, and answers checked against them."""
