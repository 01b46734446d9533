"""Point-in-time features of a pairing. `features.build.build_features` is the only door."""
