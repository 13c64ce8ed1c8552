from one_process import embedded

__all__ = ["embedded"]
