"""The process behind `make run`: everything Kenshu needs, on one machine."""
