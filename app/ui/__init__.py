"""The window: a front end over the services, and the only room that knows Qt."""

from app.ui.immortal import keep_true_alive

keep_true_alive()
