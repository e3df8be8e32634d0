"""Tests: unit (no Qt, process, network), ui (scripted engine), engine (real child), e2e (the program)."""
