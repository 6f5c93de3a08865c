"""What usage costs: the dated price book and the arithmetic that turns tokens into nano-USD."""
