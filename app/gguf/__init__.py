"""GGUF model files: what their headers say, checked before it is believed."""
