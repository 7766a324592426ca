"""Pages of what was asked and promised: load, permit, call one service, render."""
