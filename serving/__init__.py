"""The BentoML service: settings, bodies, handler and the class that carries them."""
