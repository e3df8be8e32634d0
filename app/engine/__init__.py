"""The engine: a model in a child process, asked and answered over one pipe pair."""
