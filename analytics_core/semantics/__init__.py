"""What can be asked: periods, dimensions, measures, filters and the questions made of them."""
