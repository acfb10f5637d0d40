"""What was served: taken in exactly once, compared with the training data and with the promise, told in words and money."""
