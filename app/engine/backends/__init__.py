"""What can stand behind the wire: llama.cpp in this process, or a script that is played back."""
