from support.worker import embedded, patience_with_the_store

__all__ = ["embedded", "patience_with_the_store"]
