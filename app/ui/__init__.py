"""The window: a front end over the services, and the only room that knows Qt."""
