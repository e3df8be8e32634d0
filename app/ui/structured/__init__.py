"""Answer formats in the window: chosen from a menu, written in an editor."""
