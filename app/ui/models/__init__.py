"""Choosing a model and watching it load."""
