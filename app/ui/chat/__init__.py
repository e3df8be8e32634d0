"""The conversation in view: header, transcript, composer, and the session behind them."""
