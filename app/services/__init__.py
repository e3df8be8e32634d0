"""What the program can do: the only room the front ends call."""
