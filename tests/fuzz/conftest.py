from support.worker import embedded

__all__ = ["embedded"]
