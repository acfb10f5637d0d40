"""Long work: child processes that never touch the store, and the schedules that start them."""
