"""The demo workspace: accounts, sample projects with an honest history, and the whole journey without a browser."""
