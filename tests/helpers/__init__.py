"""What several tests, or the tasks of the house, use."""
