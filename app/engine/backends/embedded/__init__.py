"""The embedded backend: llama.cpp in this process, with our own cache, guard and sampling around it."""
