"""Alembic migrations. They run from code (`treadle.store.schema.upgrade`), never from a configuration
file.
"""
