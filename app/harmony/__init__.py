"""OpenAI's Harmony format: text to token ids and back, by kind of content."""
