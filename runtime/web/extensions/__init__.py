"""Flask extensions: what every request passes through, as small classes with `init_app`."""
