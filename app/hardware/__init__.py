"""What this computer has: memory, processor, GPUs."""
