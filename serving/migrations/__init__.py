"""Alembic's steps from an empty database to the tables of `serving.store_tables`; run by `serving.store`."""
